import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Idp, startIdp } from '../../../../src/demo/idp.js'
import { openStore } from '../../../../src/store/open.js'
import { freshDatabase } from '../../../helpers/database.js'
import { hoop, type RunningHoop, startHoop } from '../../../helpers/command/hoop.js'
import { freePort } from '../../../helpers/postgres/postgres.js'
import { type GatewayFolder, gatewayFolder } from '../../../helpers/gateway-folder.js'
import { person } from './person.js'
import { createRecordingsView } from './recordings.js'

let idp: Idp
beforeAll(async () => {
  idp = await startIdp()
})
afterAll(() => idp[Symbol.asyncDispose]())

const folderOf = async (): Promise<GatewayFolder & { url: string; port: number }> => {
  const port = await freePort()
  const url = `https://localhost:${port}`
  const folder = await gatewayFolder({ issuer: idp.issuer, group: 'ml-eng', url, listen: `127.0.0.1:${port}` })
  await folder.edit(/ {4}rules:[\s\S]*$/, '    rules: []\n')
  return { ...folder, url, port }
}

const start = (folder: GatewayFolder, ...args: string[]): RunningHoop =>
  startHoop(['gateway', 'start', '--config', folder.config, ...args], { home: folder.path })

/** Resolves however it ended: `once` would take an error for its own failure. */
const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve))

const mikaAt = (folder: GatewayFolder & { url: string }) =>
  person(idp, 'mika', { url: folder.url, caFile: folder.file('tls/ca.pem') })

test('it says that it listens, drains on SIGTERM and exits with 0', async () => {
  await using folder = await folderOf()
  await using running = start(folder)
  const [line] = await running.until(/listening at .*/)
  expect(line).toBe(`listening at ${folder.url}`)
  await using mika = await mikaAt(folder)
  const session = await mika.connect()
  running.process.kill('SIGTERM')
  await running.until(/draining/)
  expect((await session.client.query('SELECT 1')).rowCount).toBe(1)
  await session.client.end()
  const { status, stdout, stderr } = await running.ended
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
  const lines = stderr.split('\n').filter((one) => one.startsWith('{'))
  expect(lines.map((one) => (JSON.parse(one) as { msg: string }).msg).at(-1)).toBe('stopped')
})

test('under --json stdout has one event, and Ctrl-C twice ends it at once with 130', async () => {
  await using folder = await folderOf()
  await using running = start(folder, '--json', '--drain', '10m')
  await running.until(/\{"event".*\}/)
  expect(JSON.parse(running.stdout)).toEqual({ event: 'listening', url: folder.url })
  await using mika = await mikaAt(folder)
  const session = await mika.connect()
  running.process.kill('SIGINT')
  await running.until(/draining/)
  running.process.kill('SIGINT')
  expect(await session.ended).toMatchObject({ code: '57P01' })
  expect((await running.ended).status).toBe(130)
})

test('SIGHUP takes up a changed configuration', async () => {
  await using folder = await folderOf()
  await using running = start(folder)
  await running.until(/listening/)
  running.process.kill('SIGHUP')
  await running.until(/read again, without changes/)
  await folder.edit('policy: default', 'policy: nowhere')
  running.process.kill('SIGHUP')
  await running.until(/hoop\.yaml:\d+:\d+: .*nowhere/)
  await running.until(/stays in force/)
  await using mika = await mikaAt(folder)
  await mika.connect()
})

test('a port in use and a configuration with mistakes say so, each with its status', async () => {
  await using folder = await folderOf()
  await using running = start(folder)
  await running.until(/listening/)
  await using other = await folderOf()
  await other.edit(/listen: .*/, `listen: 127.0.0.1:${folder.port}`)
  const inUse = await start(other).ended
  expect(inUse.status).toBe(69)
  expect(inUse.stderr).toContain(`the port is in use: 127.0.0.1:${folder.port}`)
  await other.edit('policy: default', 'policy: nowhere')
  const invalid = await start(other, '--json').ended
  expect(invalid.status).toBe(78)
  expect(JSON.parse(invalid.stdout)).toMatchObject({ error: { code: 'CONFIG_INVALID' } })
  const missing = await hoop(['gateway', 'start'], { home: folder.file('keys') })
  expect(missing.status).toBe(78)
  expect(missing.stderr).toContain('hint: Run: hoop gateway init')
})

test('a start that the store keeps from says to whoever runs it what to do, and with a newer one which version to install', async () => {
  await using folder = await folderOf()
  await folder.edit(/store: .*/, 'store: sqlite:none/hoop.db')
  const failed = await start(folder).ended
  expect(failed.status).toBe(74)
  expect(failed.stderr).toContain('hint: Check owner and mode of the file and its folder')
  expect(failed.stderr).not.toContain('Ask the gateway')
  await folder.edit('sqlite:none/hoop.db', 'sqlite:hoop.db')
  {
    await using store = await openStore(`sqlite:${folder.file('hoop.db')}`, { version: '9.8.7' })
    await sql`insert into kysely_migration (name, timestamp) values ('999-later', '2027-01-01')`.execute(store.db)
  }
  const newer = await start(folder, '--json').ended
  expect(newer.status).toBe(78)
  expect(JSON.parse(newer.stdout)).toMatchObject({
    error: { code: 'STORE_NEWER', hint: expect.stringContaining('Install hoop 9.8.7 or newer') as string },
  })
})

test('after kill -9 the next start closes the session as aborted, with every statement that ran', async () => {
  await using folder = await folderOf()
  await using database = await freshDatabase()
  const counted = await database.client()
  await counted.query('CREATE TABLE ran (n int)')
  await folder.edit('/postgres?', `/${database.name}?`)
  // Nobody waits for a gateway that comes back under the same session.
  await folder.edit('    rules: []\n', '    rules: []\n    resume: 0s\n')
  const first = start(folder)
  await first.until(/listening/)
  await using mika = await mikaAt(folder)
  const session = await mika.connect()
  for (let n = 0; n < 20; n++) await session.client.query('INSERT INTO ran VALUES ($1)', [n])
  first.process.kill('SIGKILL')
  await first.ended
  await session.ended

  await using second = start(folder)
  await second.until(/listening/)
  const events = await createRecordingsView(folder.file('recordings')).only()
  const { rows } = await counted.query<{ count: string }>('SELECT count(*) FROM ran')
  expect(rows[0]?.count).toBe('20')
  expect(events.filter(({ type }) => type === 'statement')).toHaveLength(20)
  expect(events.at(-1)).toMatchObject({ type: 'end', end: 'aborted' })
  const { sessions } = await mika.client.get<{ sessions: { end: string; counters: object }[] }>('/v1/sessions')
  expect(sessions).toMatchObject([{ end: 'aborted', counters: { statements: 20 } }])
})

test('other protocols and garbage on the port hurt nobody', async () => {
  await using folder = await folderOf()
  await using running = start(folder)
  await running.until(/listening/)
  await using mika = await mikaAt(folder)
  const session = await mika.connect()

  const plainHttp = httpRequest({ host: '127.0.0.1', port: folder.port, path: '/v1/gateway' }).end()
  const [refused] = (await once(plainHttp, 'error')) as [NodeJS.ErrnoException]
  expect(refused.code).toBe('ECONNRESET')

  const garbage = [
    Buffer.alloc(70_000, 0x16),
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]),
  ]
  for (const bytes of garbage) {
    const socket = connectTcp({ host: '127.0.0.1', port: folder.port }).on('error', () => undefined)
    socket.resume().end(bytes)
    await closed(socket)
  }

  const ca = await readFile(folder.file('tls/ca.pem'))
  const inside = async (bytes: string | Buffer): Promise<string> => {
    const socket = connectTls({ host: '127.0.0.1', port: folder.port, ca, servername: 'localhost' })
    let answer = ''
    socket.on('error', () => undefined).on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')))
    socket.write(bytes)
    await closed(socket)
    return answer
  }
  expect(await inside(Buffer.alloc(1000, 0xff))).toMatch(/^HTTP\/1\.1 400 /)
  const upgrade = (path: string, protocol: string) =>
    inside(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`)
  expect(await upgrade('/v1/tunnel', 'websocket')).toMatch(/^HTTP\/1\.1 426 .*\r\nupgrade: hoop-pg\/1\r\n/is)
  expect(await upgrade('/elsewhere', 'hoop-pg/1')).toMatch(/^HTTP\/1\.1 404 /)
  expect(await upgrade('/v1/tunnel', 'hoop-pg/1')).toMatch(/^HTTP\/1\.1 401 .*"code":"NOT_LOGGED_IN"/s)

  expect((await session.client.query('SELECT 1')).rowCount).toBe(1)
  expect(running.process.exitCode).toBeNull()
})

test('neither tokens nor passwords are logged', async () => {
  await using folder = await folderOf()
  await using running = start(folder)
  await running.until(/listening/)
  await using mika = await mikaAt(folder)
  const grant = await mika.grant()
  const session = await mika.connect(grant)
  await session.client.query('SELECT 1')
  running.process.kill('SIGTERM')
  await session.client.end()
  const { stderr } = await running.ended
  const token = await mika.client.credentials.token(AbortSignal.timeout(1000))
  const password = (await readFile(folder.file('secrets/vectordb.password'), 'utf8')).trim()
  for (const secret of [grant.grant, token, password]) expect(stderr).not.toContain(secret)
  expect(stderr).toContain('session started')
})
