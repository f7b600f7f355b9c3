import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { request, Agent } from 'undici'
import { inject } from 'vitest'
import { expect, test } from 'vitest'
import type { ConnectionInfo, QuarantinedConnection } from '../../../src/lib/api.js'
import { connectionTo, entered, left, stage, urlOf } from './stage.js'
import { switchboard } from './switchboard.js'

const patient = { timeout: 20_000 }
const works = { rows: [{ one: 1 }] }
const query = 'SELECT 1 AS one'

const readiness = async (gateway: string, caFile: string) => {
  const dispatcher = new Agent({ connect: { ca: await readFile(caFile) } })
  const { statusCode, body } = await request(`${gateway}/readyz`, { dispatcher })
  const text = await body.text()
  await dispatcher.close()
  return { status: statusCode, text, body: JSON.parse(text) as Record<string, unknown> }
}

test('a database that is down at start refuses its own sessions, and comes back by itself; the other serves all the time', async () => {
  await using board = await switchboard()
  await using on = await stage({
    connections: {
      broken: connectionTo(urlOf('postgres', String(board.port))),
      sound: connectionTo(urlOf('postgres')),
    },
  })
  const [broken, sound] = [await on.mika('broken'), await on.mika('sound')]
  expect(await (await sound.connect()).client.query(query)).toMatchObject(works)
  for (let n = 0; n < 3; n++)
    await expect(broken.connect()).rejects.toMatchObject({
      code: '08001',
      severity: 'FATAL',
      routine: 'hoop/UPSTREAM_UNREACHABLE',
    })
  expect(on.said('broken')).toEqual([entered])
  const ready = await readiness(on.it.gateway.url, on.it.caFile)
  expect(ready).toMatchObject({ status: 200, body: { ready: true, quarantined: 1 } })
  expect(ready.text).not.toContain('broken')
  await board.up()
  await expect.poll(() => on.said('broken'), patient).toEqual([entered, left])
  expect(await (await broken.connect()).client.query(query)).toMatchObject(works)
  expect((await readiness(on.it.gateway.url, on.it.caFile)).body).toMatchObject({ quarantined: 0 })
  expect(on.said('sound')).toEqual([])
  await expect
    .poll(() => on.alerts.map(({ data }) => [data['connection'], data['state']]), patient)
    .toEqual([
      ['broken', 'quarantined'],
      ['broken', 'available'],
    ])
})

test('a database that goes away while sessions come is quarantined, said once, and let in again', async () => {
  await using board = await switchboard()
  await board.up()
  await using on = await stage({ connections: { db: connectionTo(urlOf('postgres', String(board.port))) } })
  const mika = await on.mika('db')
  const before = await mika.connect()
  expect(on.said('db')).toEqual([])
  await board.away()
  expect(await before.ended).toBeDefined()
  await expect(mika.connect()).rejects.toMatchObject({ code: '08001' })
  await expect.poll(() => on.said('db'), patient).toEqual([entered])
  await expect(mika.connect()).rejects.toMatchObject({ code: '08001' })
  await board.up()
  // The session that asks doesn't wait for the pause to end.
  expect(await (await mika.connect()).client.query(query)).toMatchObject(works)
  expect(on.said('db')).toEqual([entered, left])
})

test('many sessions that come while the database hangs hear the reason, and one try is under way', async () => {
  await using board = await switchboard()
  await board.hang()
  await using on = await stage({ connections: { db: connectionTo(urlOf('postgres', String(board.port))) } })
  const mika = await on.mika('db')
  const grant = await mika.grant()
  const tried = await Promise.allSettled(Array.from({ length: 40 }, () => mika.connect(grant)))
  for (const one of tried)
    expect(one).toMatchObject({ status: 'rejected', reason: { code: '08001', hint: expect.any(String) as string } })
  await expect.poll(() => board.seen.connections, patient).toBeGreaterThan(2)
  expect(board.seen.atOnce).toBe(1)
  expect(on.said('db')).toEqual([entered])
})

test('a secret that is missing keeps out its own sessions, which hear nothing of it; once it is there they are let in', async () => {
  await using on = await stage({
    connections: {
      broken: connectionTo(urlOf('postgres'), 'open', { password: 'env:NOT_THERE' }),
      sound: connectionTo(urlOf('postgres')),
    },
  })
  const [broken, sound] = [await on.mika('broken'), await on.mika('sound')]
  expect(await (await sound.connect()).client.query(query)).toMatchObject(works)
  const refused = await broken.connect().catch((error: unknown) => error as Error & Record<string, unknown>)
  expect(refused).toMatchObject({ code: '57P03', severity: 'FATAL', routine: 'hoop/CONNECTION_UNAVAILABLE' })
  expect(JSON.stringify({ ...refused, message: (refused as Error).message })).not.toMatch(/NOT_THERE|secret|password/i)
  const { connections } = await sound.client.get<{ connections: ConnectionInfo[] }>('/v1/connections')
  expect(connections.map(({ name, unavailable }) => [name, unavailable?.[0]])).toEqual([
    [
      'broken',
      {
        database: 'postgres',
        code: 'CONNECTION_UNAVAILABLE',
        reason: expect.stringContaining('can’t log in') as string,
      },
    ],
    ['sound', undefined],
  ])
  const told = await sound.client.get<{ connections: QuarantinedConnection[] }>('/v1/quarantine')
  expect(told.connections).toMatchObject([
    {
      connection: 'broken',
      troubles: [
        { code: 'SECRET_MISSING', message: expect.stringContaining('environment variable NOT_THERE') as string },
      ],
    },
  ])
  on.env['NOT_THERE'] = decodeURIComponent(new URL(inject('databaseUrl')).password)
  expect(await (await broken.connect()).client.query(query)).toMatchObject(works)
  expect(on.said('broken')).toEqual([entered, left])
  await expect.poll(() => on.alerts.length, patient).toBe(2)
  expect(JSON.stringify(on.alerts)).not.toContain('NOT_THERE')
})

test('a certificate file that is missing keeps out its own sessions until it is there', async () => {
  await using on = await stage(
    {
      connections: {
        broken: connectionTo(urlOf('postgres').replace(/sslrootcert=[^&]*/, 'sslrootcert=own.pem')),
        sound: connectionTo(urlOf('postgres')),
      },
    },
    (folder) => rm(folder.file('own.pem'), { force: true }),
  )
  const [broken, sound] = [await on.mika('broken'), await on.mika('sound')]
  expect(await (await sound.connect()).client.query(query)).toMatchObject(works)
  const refused = await broken.connect().catch((error: unknown) => error as Error & Record<string, unknown>)
  expect(refused).toMatchObject({ code: '57P03', routine: 'hoop/CONNECTION_UNAVAILABLE' })
  expect(JSON.stringify({ ...refused, message: (refused as Error).message })).not.toContain('own.pem')
  expect(JSON.stringify(on.it.log)).toContain('own.pem cannot be read (ENOENT)')
  await writeFile(on.it.folder.file('own.pem'), await readFile(inject('caFile')))
  expect(await (await broken.connect()).client.query(query)).toMatchObject(works)
})

test('a password that the server refuses is told to the operator and not to the client', async () => {
  await using on = await stage({ connections: { db: connectionTo(urlOf('postgres')) } }, (folder) =>
    writeFile(folder.file('secrets/other.password'), 'wrong', { mode: 0o600 }),
  )
  const mika = await on.mika('db')
  await mika.connect()
  const right = on.it.folder.file('secrets/vectordb.password')
  await rename(right, on.it.folder.file('secrets/kept.password'))
  await writeFile(right, 'wrong', { mode: 0o600 })
  const refused = await mika.connect().catch((error: unknown) => error as Error)
  expect(refused).toMatchObject({ code: '57P03', routine: 'hoop/CONNECTION_UNAVAILABLE' })
  expect((refused as Error).message).not.toMatch(/postgres|password|28P01/)
  await expect.poll(() => on.said('db'), patient).toEqual([entered])
  expect(JSON.stringify(on.it.log)).toContain('password authentication failed')
  await rename(on.it.folder.file('secrets/kept.password'), right)
  await mika.connect()
})

test('one database of a connection that is not there leaves its others', async () => {
  await using on = await stage({
    connections: { db: connectionTo(urlOf('postgres'), 'open', { databases: ['postgres', 'no_such_database'] }) },
  })
  const mika = await on.mika('db')
  expect(await (await mika.connect()).client.query(query)).toMatchObject(works)
  await expect.poll(() => on.said('db'), patient).toEqual([entered])
  const { connections } = await mika.client.get<{ connections: ConnectionInfo[] }>('/v1/connections')
  expect(connections[0]?.unavailable).toMatchObject([{ database: 'no_such_database' }])
})
