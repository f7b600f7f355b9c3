import { once } from 'node:events'
import { connect } from 'node:net'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { HoopError } from '../../../src/lib/errors.js'
import { cancelRequest, startupMessage } from '../../../src/wire/startup.js'
import { whole } from '../../helpers/suite/whole.js'
import { relayServer } from './relay-server.js'
import { errorsIn, rowsIn, send, states, types, WireClient, type Message } from './wire-client.js'

const admin = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: inject('databaseUrl') })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const greeted = async (
  port: number,
  parameters: Record<string, string>,
  minor = 0,
): Promise<[WireClient, Message[]]> => {
  const client = await WireClient.open(port)
  client.socket.write(startupMessage(Object.entries(parameters), minor))
  return [client, await client.until(1)]
}

const keyIn = (messages: readonly Message[]): { pid: number; secret: Buffer } => {
  const body = messages.find(({ type }) => type === 'K')!.body
  return { pid: body.readInt32BE(0), secret: body.subarray(4) }
}

const cancel = async (port: number, pid: number, secret: Buffer): Promise<void> => {
  const socket = connect(port, '127.0.0.1')
  socket.write(cancelRequest(pid, secret))
  socket.resume()
  await once(socket, 'close')
}

/** Until the server runs a statement that contains `text`, in a session of hoop's. */
const running = (text: string, count = 1): Promise<void> =>
  admin(async (client) => {
    for (;;) {
      const { rows } = await client.query(
        "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND application_name LIKE 'hoop:%' AND query LIKE $1",
        [`%${text}%`],
      )
      if (rows.length === count) return
    }
  })

test.for([0, 2])('cancel with the virtual key of protocol 3.%i, while running and while idle', async (minor) => {
  await using server = await relayServer()
  const [client, greeting] = await greeted(server.port, { user: 'x' }, minor)
  const { pid, secret } = keyIn(greeting)
  expect(secret.length).toBe(minor === 2 ? 32 : 4)
  client.write(send.query('SELECT pg_sleep(60) -- one'))
  await running('-- one')
  await cancel(server.port, pid, Buffer.alloc(secret.length, 7))
  await cancel(server.port, pid, secret)
  const reply = await client.until(1)
  expect(errorsIn(reply)[0]).toMatchObject({ C: '57014' })
  expect(states(reply)).toBe('I')
  await cancel(server.port, pid, secret)
  expect(rowsIn(await client.ask(send.query('SELECT 1')))).toEqual([['1']])
  await client.end()
  expect((await server.recording()).filter(({ type }) => type === 'cancel')).toHaveLength(2)
})

test('the connection request: user, database, options, versions', async () => {
  const database = new URL(inject('databaseUrl')).pathname.slice(1)
  await using server = await relayServer({ databases: [database, 'template1'] })
  const ask = async (parameters: Record<string, string>, minor = 0): Promise<string> => {
    const [client, greeting] = await greeted(server.port, parameters, minor)
    const error = errorsIn(greeting)[0]
    if (error) return error['C']!
    const reply = await client.ask(send.query('SELECT current_database()'))
    await client.end()
    return `${types(greeting).replace(/S+/, '')} ${rowsIn(reply)[0]![0]}`
  }
  expect(await ask({ user: 'whoever' })).toBe(`RKZ ${database}`)
  expect(await ask({ user: 'bob', database: 'bob' })).toBe(`RKZ ${database}`)
  expect(await ask({ user: 'bob', database: 'vectordb' })).toBe(`RKZ ${database}`)
  expect(await ask({ user: 'bob', database: 'template1' })).toBe('RKZ template1')
  expect(await ask({ user: 'bob', database: 'secret' })).toBe('3D000')
  expect(await ask({ user: 'bob', replication: 'database' })).toBe('28000')
  expect(await ask({ user: 'bob', options: '-c search_path=a,\\ b --work-mem=2MB' })).toBe(`RKZ ${database}`)
  expect(await ask({ user: 'bob', options: '-d 5' })).toBe('0A000')
  // These are settings to the server, whatever they are called.
  for (const name of ['session_authorization', 'user', 'database', 'replication', 'nosuch'])
    expect(await ask({ user: 'bob', options: `-c ${name}=x` })).toMatch(/^(42704|55P02|22023|42501)$/)
  expect(await ask({ user: 'bob', options: '-c _pq_.wish=1' })).toBe('0A000')
  expect(await ask({ user: 'bob' }, 3)).toBe(`vRKZ ${database}`)
  expect(await ask({ user: 'bob' }, 9999)).toBe(`vRKZ ${database}`)
  expect(await ask({ user: 'bob', '_pq_.wish': '1' })).toBe(`vRKZ ${database}`)
  expect(await ask({ user: 'bob', application_name: 'x'.repeat(20_000) })).toBe('08P01')
})

test('the database knows the person by application_name, the recording the client’s own', async () => {
  await using server = await relayServer()
  const client = await WireClient.login(server.port, { user: 'x', application_name: 'mine' })
  expect(rowsIn(await client.ask(send.query('SHOW application_name')))).toEqual([
    [`hoop:ada/${server.sessions[0]} mine`],
  ])
  await client.end()
  expect((await server.recording())[0]).toMatchObject({ type: 'start', client: { application: 'mine', user: 'x' } })
})

test('of what a client calls itself only the end is cut, and RESET brings the name back', async () => {
  await using server = await relayServer()
  const client = await WireClient.login(server.port, { user: 'x', application_name: `é/${'y'.repeat(80)}` })
  const shown = async () => rowsIn(await client.ask(send.query('SHOW application_name')))[0]?.[0]
  const [id = ''] = server.sessions
  const name = `hoop:ada/${id} ?/${'y'.repeat(80)}`.slice(0, 63)
  expect(await shown()).toBe(name)
  await client.ask(send.query("SELECT set_config('application_name', 'somebody else', false)"))
  expect(await shown()).toBe('somebody else')
  await client.ask(send.query('RESET application_name'))
  expect(await shown()).toBe(name)
  await client.end()
})

describe('a name that a client sets later stands behind whose session it is', () => {
  let server: Awaited<ReturnType<typeof relayServer>>
  let client: WireClient
  const shown = async () => rowsIn(await client.ask(send.query('SHOW application_name')))[0]?.[0]
  const whose = () => `hoop:ada/${server.sessions[0]}`
  beforeAll(async () => {
    server = await relayServer()
    client = await WireClient.login(server.port, { user: 'x', application_name: 'mine' })
  })
  afterAll(() => server[Symbol.asyncDispose]())
  beforeEach(() => client.ask(send.query('RESET application_name')))

  test.for([
    ["SET application_name = 'pool'", 'pool'],
    ['set session application_name to pool ;', 'pool'],
    ['/* why */ SET "Application_Name" = \'pool\' -- so', 'pool'],
    [String.raw`SET application_name = 'it''s \ "q"'`, String.raw`it's \ "q"`],
    [String.raw`SET application_name = E'\'; DROP TABLE t; --'`, `'; DROP TABLE t; --`],
    ["SET application_name = 'hoop:bob/other'", 'hoop:bob/other'],
    ["SET application_name = ''", ''],
  ])('%s', async ([text, own]) => {
    for (const ask of [
      () => client.ask(send.query(text!)),
      () => client.ask(send.parse(text!), send.bind(), send.execute(), send.sync()),
      () =>
        client.ask(
          ...[send.parse(text!, 'kept'), send.bind([], { name: 'kept' }), send.execute()],
          ...[send.close('S', 'kept'), send.sync()],
        ),
    ]) {
      expect(types(await ask()).replaceAll(/[N123]/g, '')).toBe('CSZ')
      expect(await shown()).toBe(`${whose()} ${own}`.trimEnd())
      await client.ask(send.query('RESET application_name'))
    }
  })

  test('a name that has it is not named twice, and is cut at its end', async () => {
    await client.ask(send.query("SET application_name = 'pool'"))
    await client.ask(send.query(`SET application_name = '${String(await shown())}'`))
    expect(await shown()).toBe(`${whose()} pool`)
    await client.ask(send.query(`SET application_name = '${'y'.repeat(80)}'`))
    expect(await shown()).toBe(`${whose()} ${'y'.repeat(80)}`.slice(0, 63))
  })

  test('for a transaction, and no longer', async () => {
    await client.ask(send.query('BEGIN'))
    await client.ask(send.query("SET LOCAL application_name = 'pool'"))
    expect(await shown()).toBe(`${whose()} pool`)
    await client.ask(send.query('COMMIT'))
    expect(await shown()).toBe(`${whose()} mine`)
  })

  test('what the server refuses is refused, and what only speaks of the name is left as it is', async () => {
    expect(errorsIn(await client.ask(send.query("SET application_name = 'a', 'b'")))).toMatchObject([{ C: '22023' }])
    expect(rowsIn(await client.ask(send.query("SELECT 'SET application_name = x'")))).toEqual([
      ['SET application_name = x'],
    ])
    await client.ask(send.query("SET application_name = 'pool'; SELECT 1"))
    expect(await shown()).toBe('pool')
  })
})

test('what an upstream that refuses says reaches the client, but nothing about the credential', async () => {
  await using wrong = await relayServer({ upstream: { password: () => 'wrong' } })
  const [, refused] = await greeted(wrong.port, { user: 'x' })
  expect(errorsIn(refused)[0]).toMatchObject({
    S: 'FATAL',
    C: '57P03',
    M: expect.not.stringMatching(/postgres|password|28P01/) as string,
  })
  await using missing = await relayServer({ databases: ['nowhere'] })
  const [, unknown] = await greeted(missing.port, { user: 'x' })
  expect(errorsIn(unknown)[0]).toMatchObject({ C: '3D000', M: 'database "nowhere" does not exist' })
  await using away = await relayServer({ upstream: { port: 1 } })
  const [, unreachable] = await greeted(away.port, { user: 'x' })
  expect(errorsIn(unreachable)[0]).toMatchObject({ C: '08001' })
})

test.for(['login_md5', 'login_cleartext', 'login_trust'])('logs in as %s over TLS', async (user) => {
  await using server = await relayServer({ upstream: { user, password: () => 'secret', sslmode: 'require' } })
  const client = await WireClient.login(server.port)
  expect(rowsIn(await client.ask(send.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')))).toEqual([
    ['t'],
  ])
  await client.end()
})

test('an upstream that dies in the middle of a result ends the session with a reason', async () => {
  await using server = await relayServer()
  const client = await WireClient.login(server.port)
  client.write(send.query('SELECT pg_sleep(60) -- two'))
  await running('-- two')
  await admin((pg) =>
    pg.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%-- two'  AND pid <> pg_backend_pid()",
    ),
  )
  expect(errorsIn(await client.until(1))[0]).toMatchObject({ S: 'FATAL', C: '57P01' })
  expect(client.closed).toBe(true)
  expect((await server.recording()).map(({ type }) => type)).toEqual(['start', 'statement', 'result', 'end'])
})

test('a client that vanishes has its statement cancelled', async () => {
  await using server = await relayServer()
  const client = await WireClient.login(server.port)
  client.write(send.query('SELECT pg_sleep(60) -- three'))
  await running('-- three')
  server.sockets[0]!.destroy()
  await running('-- three', 0)
  expect((await server.recording()).at(-1)).toMatchObject({ type: 'end', end: 'closed' })
})

test('what was sent before Terminate runs, though the client is gone by then', async () => {
  await using server = await relayServer()
  await admin((pg) => pg.query('CREATE TABLE IF NOT EXISTS farewell (a int)'))
  const client = await WireClient.login(server.port)
  client.write(send.query('INSERT INTO farewell SELECT 1 FROM pg_sleep(0.5)'), send.terminate())
  setTimeout(() => client.socket.resetAndDestroy(), 200)
  expect((await server.recording()).map(({ type }) => type)).toEqual(['start', 'statement', 'result', 'end'])
  await admin(async (pg) => expect((await pg.query('SELECT * FROM farewell')).rows).toEqual([{ a: 1 }]))
  await admin((pg) => pg.query('DROP TABLE farewell'))
})

test('a client that closes its half still gets its answers', async () => {
  await using server = await relayServer()
  const client = await WireClient.login(server.port)
  client.socket.end(Buffer.concat([send.query('SELECT pg_sleep(0.2)'), send.query('SELECT 2')]))
  expect(types(await client.until(2))).toBe('TDCZTDCZ')
  await client.untilType('?')
  expect(client.closed).toBe(true)
})

test('a killed session ends with FATAL and its reason, also while it streams', async () => {
  await using server = await relayServer()
  const client = await WireClient.login(server.port)
  client.write(send.query("SELECT repeat('x', 100), generate_series(1, 100000000)"))
  await client.untilType('D')
  server.registry.get(server.sessions[0]!)!.end(new HoopError('SESSION_KILLED', 'by the test'), 'killed')
  const rest = await client.untilType('E')
  expect(errorsIn(rest)[0]).toMatchObject({
    S: 'FATAL',
    C: '57P01',
    M: expect.stringContaining('by the test') as string,
  })
  const events = await server.recording()
  expect(events.at(-1)).toMatchObject({ type: 'end', end: 'killed' })
  // What had left by then is accounted for.
  const cut = events.find((event) => event.type === 'result')
  expect(cut).toMatchObject({ tag: 'cut', columns: [{ name: 'repeat' }, { name: 'generate_series' }] })
  expect(cut?.rows).toBeGreaterThanOrEqual(rest.filter(({ type }) => type === 'D').length)
  await running('100000000', 0)
})

test('a grant that lapses ends its sessions', async () => {
  await using server = await relayServer({ expiresAt: new Date(Date.now() + 300) })
  const client = await WireClient.login(server.port)
  expect(errorsIn(await client.untilType('E'))[0]).toMatchObject({ S: 'FATAL', C: '57P01' })
  expect((await server.recording()).at(-1)).toMatchObject({ type: 'end', end: 'lapsed' })
})

test('what can’t be recorded isn’t run', async () => {
  let broken = false
  await using server = await relayServer({
    recorder: (recorder) => ({
      id: recorder.id,
      origin: recorder.origin,
      record: (event) => recorder.record(event),
      commit: () => {
        if (broken) throw new HoopError('RECORDING_FAILED', 'no space')
        recorder.commit()
      },
      close: (end) => recorder.close(end),
    }),
  })
  const client = await WireClient.login(server.port)
  await client.ask(send.query('CREATE TABLE IF NOT EXISTS unrecorded (a int)'))
  broken = true
  const reply = await client.ask(send.query('INSERT INTO unrecorded VALUES (1)'))
  expect(errorsIn(reply)[0]).toMatchObject({ S: 'FATAL', C: '58030' })
  await admin(async (pg) => {
    expect((await pg.query('SELECT * FROM unrecorded')).rows).toEqual([])
    await pg.query('DROP TABLE unrecorded')
  })
})

const megabytes = whole ? 100 : 25

test(`a value of ${megabytes} MB, both ways, and 10,000 statements in one query`, async () => {
  await using server = await relayServer()
  const client = await WireClient.login(server.port)
  const large = Buffer.alloc(megabytes << 20, 'v')
  const reply = await client.ask(
    send.parse('SELECT $1::bytea, length($1::bytea)'),
    send.bind([large], { formats: [1], results: [1, 0] }),
    send.execute(),
    send.sync(),
  )
  expect(types(reply)).toBe('12DCZ')
  const row = reply[2]!.body
  expect(row.readInt32BE(2)).toBe(large.length)
  expect(row.subarray(6, 6 + large.length).equals(large)).toBe(true)
  const many = await client.ask(send.query('SELECT 1;'.repeat(10_000)))
  expect(many.filter(({ type }) => type === 'C')).toHaveLength(10_000)
  await client.end()
  expect(server.budget.held).toBe(0)
  const results = (await server.recording()).filter(({ type }) => type === 'result')
  expect(results).toHaveLength(10_001)
})

test('a slow reader holds the server back, not the memory', async () => {
  await using server = await relayServer()
  const client = await WireClient.login(server.port)
  const before = process.memoryUsage()
  client.socket.pause()
  client.write(send.query("SELECT repeat('x', 1000), generate_series(1, 300000)"))
  await new Promise((resolve) => setTimeout(resolve, 1500))
  const { rss } = process.memoryUsage()
  expect(rss - before.rss).toBeLessThan(150 << 20)
  client.socket.resume()
  expect((await client.until(1)).filter(({ type }) => type === 'D')).toHaveLength(300_000)
  await client.end()
})

test.for([
  ['random bytes', Buffer.from('\x9c\xff\x12nonsense', 'latin1')],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['a TLS hello', Buffer.from([0x16, 3, 1, 2, 0, 1])],
  ['an absurd length', Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 3, 0, 0])],
  ['a length of nothing', Buffer.from([0, 0, 0, 4])],
  ['protocol 2', Buffer.from([0, 0, 0, 8, 0, 2, 0, 0])],
] as const)('%s instead of a connection request is an error, and the end', async ([, bytes]) => {
  await using server = await relayServer()
  const client = await WireClient.open(server.port)
  client.socket.write(bytes)
  const [error] = errorsIn(await client.until(1))
  expect(error?.['C']).toMatch(/08P01|0A000/)
})

test.for([
  ['an unknown type', Buffer.from([0x7a, 0, 0, 0, 4]), '08P01'],
  ['a negative length', Buffer.from([0x51, 0xff, 0, 0, 0]), '08P01'],
  ['a length of 3', Buffer.from([0x51, 0, 0, 0, 3]), '08P01'],
  ['a Sync of 20 kB', Buffer.concat([Buffer.from([0x53, 0, 0, 0x50, 0]), Buffer.alloc(100)]), '08P01'],
  ['a Query over the limit', Buffer.from([0x51, 0x20, 0, 0, 0]), '54000'],
] as const)('%s ends the session with a protocol error', async ([, bytes, sqlstate]) => {
  await using server = await relayServer({ message: 1 << 20 })
  const client = await WireClient.login(server.port)
  client.write(bytes)
  expect(errorsIn(await client.until(1))[0]).toMatchObject({ S: 'FATAL', C: sqlstate })
  expect(client.closed).toBe(true)
})

test('NUL inside a text is refused and the session goes on; what follows Terminate is ignored', async () => {
  await using server = await relayServer()
  const client = await WireClient.login(server.port)
  const reply = await client.ask(send.query('SELECT 1\0; DROP TABLE x'))
  expect(errorsIn(reply)[0]).toMatchObject({ C: '08P01' })
  expect(types(await client.ask(send.query('SELECT 1')))).toBe('TDCZ')
  client.write(send.terminate(), send.query('SELECT 2'))
  await client.untilType('?')
  expect((await server.recording()).filter(({ type }) => type === 'statement')).toHaveLength(1)
})
