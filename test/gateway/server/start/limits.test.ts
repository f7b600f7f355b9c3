import { once } from 'node:events'
import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { dial } from '../../../../src/agent/api/reach/dial.js'
import { openUpgrade } from '../../../../src/agent/link/upgrade.js'
import type { GrantAnswer } from '../../../../src/lib/api.js'
import { sslRequest, startupMessage } from '../../../../src/wire/startup.js'
import { errorsOf } from './errors-of.js'
import type { Person } from './person.js'
import { type Started, started } from './started.js'

/** A gateway with limits, one setting a line: `startup: 300ms`. */
const limited = (limits: readonly string[], more: readonly string[] = []): Promise<Started> =>
  started((folder) =>
    folder.edit(
      /^gateway:\n/m,
      `gateway:\n${['  limits:', ...limits.map((line) => `    ${line}`), ...more].join('\n')}\n`,
    ),
  )

const tunnel = async (person: Person, held?: GrantAnswer): Promise<Socket> =>
  openUpgrade(person.client, (held ?? (await person.grant())).grant, AbortSignal.timeout(20_000))

/** Everything until the gateway closes its half. */
const rest = async (socket: Socket): Promise<Buffer> => {
  const parts: Buffer[] = []
  socket.on('data', (part: Buffer) => parts.push(part)).on('error', () => undefined)
  if (!socket.readableEnded) await Promise.race([once(socket, 'end'), once(socket, 'close')])
  socket.destroy()
  return Buffer.concat(parts)
}

const drip = (socket: Socket, bytes: Buffer): void => {
  let at = 0
  const timer = setInterval(() => {
    if (socket.writable) socket.write(bytes.subarray(at, ++at))
  }, 50)
  socket.once('close', () => clearInterval(timer))
}

test('streams that begin slowly, or with too much, are told why', async () => {
  await using it = await limited(['startup: 500ms'])
  const mika = await it.person('mika')
  const silent = await tunnel(mika)
  expect(errorsOf(await rest(silent))).toMatchObject([
    { S: 'FATAL', C: '08P01', M: expect.stringMatching(/sent no connection request in time/) as string },
  ])

  const dripping = await tunnel(mika)
  drip(dripping, startupMessage([['user', 'x'.repeat(500)]]))
  expect(errorsOf(await rest(dripping))).toMatchObject([
    { S: 'FATAL', C: '08P01', M: expect.stringContaining('in time') as string },
  ])

  const asking = await tunnel(mika)
  for (let asked = 0; asked < 2; asked++) {
    asking.write(sslRequest())
    expect(String(await once(asking, 'data'))).toBe('N')
  }
  asking.write(sslRequest())
  expect(errorsOf(await rest(asking))).toMatchObject([{ S: 'FATAL', C: '08P01' }])

  const large = await tunnel(mika)
  large.write(startupMessage([['user', 'x'.repeat(20_000)]]))
  expect(errorsOf(await rest(large))).toMatchObject([
    { S: 'FATAL', C: '08P01', M: expect.stringContaining('length 20') as string },
  ])

  const session = await mika.connect()
  expect((await session.client.query('SELECT 1')).rowCount).toBe(1)
})

test('streams are limited by person, and psql is told for how long', async () => {
  await using it = await limited(['rates: { tunnels: { per_person: 2/h } }'])
  const [mika, casey] = [await it.person('mika'), await it.person('casey')]
  const grant = await mika.grant()
  await mika.connect(grant)
  await mika.connect(grant)
  const refused = await tunnel(mika, grant).catch((error: unknown) => error)
  expect(refused).toMatchObject({
    code: 'RATE_LIMITED',
    sqlstate: '53400',
    message: 'too many requests: connections of one person',
    hint: expect.stringMatching(/^Try again in 1[78]\d\d s\.$/) as string,
  })
  await expect(casey.grant()).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
})

test('streams are limited by address, and the answer says when to ask again', async () => {
  await using it = await limited(['rates: { tunnels: { per_address: 1/h } }'])
  const ask = async (): Promise<string> => {
    const { route } = (await it.person('mika')).client
    const socket = await dial(route)
    socket.write('GET /v1/tunnel HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: hoop-pg/1\r\n\r\n')
    return (await rest(socket)).toString()
  }
  expect(await ask()).toMatch(/^HTTP\/1.1 401 /)
  const refused = await ask()
  expect(refused).toMatch(/^HTTP\/1.1 429 RATE_LIMITED\r\n[^]*Retry-After: 3[56]\d\d\r\n/)
  expect(refused).toContain('"code":"RATE_LIMITED"')
})

test('connections that are no session are few, those that are make room', async () => {
  await using it = await limited(['http: { connections_per_address: 4, idle: 1s }'])
  const mika = await it.person('mika')
  const grant = await mika.grant()
  // Each is one connection, and they stay; the API's own makes one more.
  const sessions = []
  for (let opened = 0; opened < 6; opened++) sessions.push(await mika.connect(grant))
  for (const { client } of sessions) expect((await client.query('SELECT 1')).rowCount).toBe(1)
  const half = await Promise.allSettled(Array.from({ length: 6 }, () => dial(mika.client.route)))
  expect(half.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(2)
  expect(it.log.filter(({ msg }) => msg === 'connections were turned away')).toMatchObject([
    { level: 'warn', limit: 'gateway.limits.http.connections_per_address' },
  ])
  for (const one of half) if (one.status === 'fulfilled') one.value.destroy()
  expect((await sessions[0]!.client.query('SELECT 2 AS two')).rows).toEqual([{ two: 2 }])
})

test('the recording names the client’s address, also behind a proxy that is trusted', async () => {
  await using it = await limited(['startup: 5s'], ['  trusted_proxies: [127.0.0.0/8]'])
  const mika = await it.person('mika')
  const { grant } = await mika.grant()
  const socket = await dial(mika.client.route)
  const url = new URL('/v1/tunnel', it.gateway.url)
  const proof = await mika.client.prove('GET', url, grant)
  socket.write(
    [
      'GET /v1/tunnel HTTP/1.1',
      `host: ${url.host}`,
      'connection: upgrade',
      'upgrade: hoop-pg/1',
      `authorization: DPoP ${grant}`,
      `dpop: ${proof}`,
      'x-forwarded-for: 203.0.113.9, 198.51.100.1',
      '\r\n',
    ].join('\r\n'),
  )
  await once(socket, 'data')
  socket.write(startupMessage([['user', 'x']]))
  await once(socket, 'data')
  const { sessions } = await mika.client.get<{ sessions: { clientAddress: string }[] }>('/v1/sessions')
  expect(sessions.map(({ clientAddress }) => clientAddress)).toEqual(['198.51.100.1'])
  socket.destroy()
})

test('sessions of a connection are limited in number and length, by what is nearest', async () => {
  await using it = await started(async (folder) => {
    await folder.edit(/^gateway:\n/m, 'gateway:\n  limits: { idle: 8h, longest: 2s }\n')
    await folder.edit(
      /^( *)access:/m,
      '$1limits: { sessions: 5, sessions_per_person: 2, idle: 4h, longest: off }\n$1access:',
    )
    await folder.edit(/^( *)rules: \[\]\n/m, '$1rules: []\n$1limits: { idle: 3s }\n')
  })
  const mika = await it.person('mika')
  const grant = await mika.grant()
  const [first] = [await mika.connect(grant), await mika.connect(grant)]
  await expect(mika.connect(grant)).rejects.toMatchObject({
    code: '53300',
    message: 'hoop: there are too many sessions: you have 2 on vectordb',
    detail: 'The limit is connections.vectordb.limits.sessions_per_person.',
  })
  expect(await first.ended).toMatchObject({
    code: '57P05',
    message: expect.stringContaining('the limit is 3 s') as string,
  })
  // The gateway hears that its client is gone a moment after the client is.
  const connected = () =>
    mika.connect(grant).then(
      () => true,
      () => false,
    )
  await expect.poll(connected, { timeout: 30_000 }).toBe(true)
})
