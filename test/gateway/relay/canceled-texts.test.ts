import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Client, DatabaseError } from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { Cutter, MemoryBudget } from '../../../src/wire/cutter.js'
import { cancelRequest, startupMessage } from '../../../src/wire/startup.js'
import { freshDatabase } from '../../helpers/database.js'
import { guardOf } from './policy.js'
import { relayServer } from './relay-server.js'
import { errorsIn, rowsIn, send, states, types, WireClient } from './wire-client.js'

const policy = { masks: [{ columns: ['public.customers.ssn'], with: 'redact' }] }

/** Stands in front of the server: lets so many of the session's messages pass, and keeps what comes behind them. */
class Gate {
  readonly #server = createServer((near) => this.#pass(near))
  #left = Infinity
  #kept: (() => void)[] = []
  #target = { host: '', port: 0 }
  /** Tags of what has arrived since the gate was set. */
  arrived = ''
  cancels = 0

  async open(url: string): Promise<{ host: string; port: number }> {
    const { hostname, port } = new URL(url)
    this.#target = { host: hostname, port: Number(port) }
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port }
  }

  keepBehind(messages: number): void {
    this.#left = messages
    this.arrived = ''
    this.cancels = 0
  }

  release(): void {
    this.#left = Infinity
    for (const each of this.#kept.splice(0)) each()
  }

  close(): void {
    this.#server.close()
  }

  #pass(near: Socket): void {
    const far = connect(this.#target)
    const cutter = new Cutter(
      {
        whole: () => true,
        piece: () => undefined,
        frame: (tag, buffer, start, end) => {
          this.arrived += String.fromCharCode(tag)
          const message = Buffer.from(buffer.subarray(start, end))
          const go = (): void => void far.write(message)
          if (this.#left-- > 0) go()
          else this.#kept.push(go)
        },
      },
      new MemoryBudget(1 << 30),
    )
    near.once('data', (first: Buffer) => {
      // The length of a CancelRequest.
      if (first.readInt32BE(0) === 16) this.cancels++
      far.write(first)
      near.on('data', (chunk) => cutter.feed(chunk))
    })
    far.pipe(near)
    for (const [side, other] of [
      [near, far],
      [far, near],
    ] as const)
      side.on('error', () => other.destroy()).on('close', () => other.destroy())
  }
}

const gate = new Gate()
let database: Awaited<ReturnType<typeof freshDatabase>>
let dba: Client
let server: Awaited<ReturnType<typeof relayServer>>
let client: WireClient
let key: Buffer

beforeAll(async () => {
  database = await freshDatabase()
  dba = await database.client({ application_name: 'dba' })
  await dba.query(
    `CREATE TABLE customers (id int, ssn text); INSERT INTO customers VALUES (1, 'CANARY');
     CREATE VIEW c AS SELECT * FROM customers; CREATE TABLE t (n int)`,
  )
  const guard = await guardOf(database.url, policy)
  server = await relayServer({ url: database.url, guard, upstream: await gate.open(database.url) })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  gate.close()
  await database[Symbol.asyncDispose]()
})
beforeEach(async () => {
  client = await WireClient.open(server.port)
  client.write(startupMessage([['user', 'x']]))
  key = (await client.until(1)).find(({ type }) => type === 'K')!.body
  // What the session prepares for itself is behind us.
  await client.ask(send.query('SELECT id FROM c; SELECT id FROM c'))
  return () => {
    gate.release()
    client.socket.destroy()
  }
})

const cancel = async (): Promise<void> => {
  const socket = connect({ host: '127.0.0.1', port: server.port })
  socket.end(cancelRequest(key.readInt32BE(0), key.subarray(4)))
  await once(socket.resume(), 'close')
}

/** The server has nothing to do, or sleeps. */
const quiet = async (): Promise<void> => {
  await vi.waitUntil(
    async () => {
      const { rows } = await dba.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name <> 'dba'
       AND backend_type = 'client backend' AND wait_event NOT IN ('ClientRead', 'PgSleep')`,
      )
      return rows.length === 0
    },
    { timeout: 10_000 },
  )
}

/** Waits for all messages of a text: its Sync is the last. */
const whole = (): Promise<boolean> => vi.waitUntil(() => gate.arrived.endsWith('S'), { timeout: 10_000 })

const text = (seconds: number): string =>
  `INSERT INTO t VALUES (1); SELECT ssn FROM c; INSERT INTO t SELECT 2 FROM pg_sleep(${seconds})`

const rowsOfT = async (): Promise<number> =>
  (await dba.query<{ count: number }>('SELECT count(*)::int FROM t')).rows[0]!.count

/** What PostgreSQL itself says of a cancel of the same text. */
const ofPostgres = async (): Promise<DatabaseError> => {
  const direct = await database.client({ application_name: 'dba' })
  const { rows } = await direct.query<{ pid: number }>('SELECT pg_backend_pid() pid')
  const failed = direct.query(text(20)).catch((error: unknown) => error)
  await vi.waitUntil(
    async () => {
      const asleep = `SELECT FROM pg_stat_activity WHERE pid = ${rows[0]!.pid} AND wait_event = 'PgSleep'`
      return (await dba.query(asleep)).rows.length === 1
    },
    { timeout: 10_000 },
  )
  await dba.query(`SELECT pg_cancel_backend(${rows[0]!.pid})`)
  return (await failed) as DatabaseError
}

test('a cancel at each moment of a text ends it as PostgreSQL would, and never what comes next', async () => {
  const { severity, code, message, file, routine } = await ofPostgres()
  // Behind an error the relay prepares its witness anew: their number varies.
  let messages = Infinity
  for (let moment = 0; moment < messages; moment++) {
    gate.keepBehind(moment)
    client.write(send.query(text(20)))
    await whole()
    messages = gate.arrived.length
    await quiet()
    await cancel()
    client.write(send.query("SELECT 'next'"))
    gate.release()
    const answer = await client.until(2)
    const [error, ...more] = errorsIn(answer)
    expect(more).toEqual([])
    expect([error?.['S'], error?.['C'], error?.['M'], error?.['F'], error?.['R']]).toEqual([
      ...[severity, code, message, file, routine],
    ])
    expect(types(answer)).toMatch(/^(?:C(?:TDC)?)?(?:TD?)?EZTDCZ$/)
    expect(states(answer)).toBe('II')
    expect(rowsIn(answer).at(-1)).toEqual(['next'])
    expect(await rowsOfT()).toBe(0)
  }
  expect(messages).toBeGreaterThan(20)
}, 60_000)

test('within a transaction the text fails it', async () => {
  await client.ask(send.query('BEGIN'))
  gate.keepBehind(6)
  client.write(send.query(text(20)))
  await whole()
  await quiet()
  await cancel()
  gate.release()
  const answer = await client.until(1)
  expect(errorsIn(answer)).toMatchObject([{ C: '57014' }])
  expect(states(answer)).toBe('E')
  expect(states(await client.ask(send.query('ROLLBACK')))).toBe('I')
})

test('a cancel while nothing runs does not reach the server', async () => {
  const other = await WireClient.login(server.port)
  gate.keepBehind(Infinity)
  await cancel()
  expect(gate.cancels).toBe(0)
  expect(errorsIn(await client.ask(send.query(text(0))))).toEqual([])
  expect(rowsIn(await other.ask(send.query('SELECT 1')))).toEqual([['1']])
  await other.end()
  await dba.query('TRUNCATE t')
})

test('a text that was canceled before its catalog was found to be old is not played again', async () => {
  await dba.query('DROP VIEW c; CREATE VIEW c AS SELECT id, ssn FROM customers')
  const texts = 'SELECT ssn FROM c; SELECT id FROM c'
  const messages = await countOf(texts)
  await dba.query('DROP VIEW c; CREATE VIEW c AS SELECT id, ssn FROM customers')
  // Its last message stays here: the server has said why it fails, and not yet that it is through.
  gate.keepBehind(messages - 1)
  client.write(send.query(texts))
  await whole()
  await quiet()
  await cancel()
  gate.release()
  const answer = await client.until(1)
  expect(types(answer)).toBe('EZ')
  expect(errorsIn(answer)).toMatchObject([{ C: '57014', M: 'canceling statement due to user request' }])
  expect(rowsIn(await client.ask(send.query(texts)))).toEqual([['********'], ['1']])
})

/** How many messages a text makes, once the catalog is the one of now. */
const countOf = async (of: string): Promise<number> => {
  await client.ask(send.query(of))
  gate.keepBehind(Infinity)
  await client.ask(send.query(of))
  return gate.arrived.length
}
