import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { startConnectProxy } from '../agent/api/connect-proxy.js'
import type { RunningHoop } from '../helpers/command/hoop.js'
import { freePort } from '../helpers/postgres/postgres.js'
import { tempFolder } from '../helpers/temp.js'
import { setStage, type Stage } from './stage.js'

let stage: Stage
beforeAll(async () => {
  stage = await setStage(inject('databaseUrl'))
  await stage.login()
})
afterAll(() => stage[Symbol.asyncDispose]())

interface Listening {
  readonly host: string
  readonly port: number
  readonly dsn: string
}

const listening = async (running: RunningHoop): Promise<Listening> =>
  JSON.parse((await running.until(/^\{"event":"listening".*\}$/m))[0]) as Listening

/** psql's way in: only host and port, any user; the splicing gateway's server knows but this one. */
const clientOf = async ({ host, port }: Listening, password = ''): Promise<Client> => {
  const client = new Client({ host, port, user: 'login_trust', database: 'postgres', password })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

test('opens a port that leads to the database, and ends it at Ctrl-C with 130', async () => {
  await using running = stage.start(['connect', 'vectordb', '--json', '--reason', 'ticket 4711'])
  const client = await clientOf(await listening(running))
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await running.until(/"state":"opened","open":1/)
  expect(stage.gateway.heard.find(({ path }) => path === '/v1/grants')?.body).toEqual({
    connection: 'vectordb',
    reason: 'ticket 4711',
  })
  running.process.kill('SIGINT')
  expect((await running.ended).status).toBe(130)
})

test.for([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('clients of the port are told when %s ends it', async ([signal, status]) => {
  await using running = stage.start(['connect', 'vectordb', '--json'])
  const where = await listening(running)
  const idle = await clientOf(where)
  const told = once(idle, 'error')
  const busy = await clientOf(where)
  const waiting = busy.query('SELECT pg_sleep(20), 2').catch((error: unknown) => error)
  running.process.kill(signal)
  const closed = { severity: 'FATAL', code: '57P01', message: 'hoop: hoop connect has ended' }
  expect((await told)[0]).toMatchObject(closed)
  expect(await waiting).toMatchObject(closed)
  expect((await running.ended).status).toBe(status)
})

test('each request and each stream has a proof of its own, for its own token', async () => {
  const from = stage.gateway.heard.length
  await using running = stage.start(['connect', 'vectordb', '--json'])
  const where = await listening(running)
  for (let i = 0; i < 2; i++) await (await clientOf(where)).end()
  const heard = stage.gateway.heard.slice(from)
  const tunnels = heard.filter(({ path }) => path === '/v1/tunnel')
  expect(tunnels).toHaveLength(2)
  expect(tunnels[0]).toMatchObject({
    authorization: expect.stringMatching(/^DPoP grant\./) as string,
    proof: { htm: 'GET', htu: `${stage.gateway.url}/v1/tunnel`, ath: expect.any(String) as string },
  })
  expect(new Set(heard.map(({ proof }) => proof.jti)).size).toBe(heard.length)
})

test('keeps its port from run to run, and takes another where that is in use', async () => {
  const ports: number[] = []
  for (let i = 0; i < 2; i++) {
    await using running = stage.start(['connect', 'sticky', '--json'])
    ports.push((await listening(running)).port)
  }
  expect(ports[0]).toBe(ports[1])
  const other = createServer().listen(ports[0], '127.0.0.1')
  await once(other, 'listening')
  await using third = stage.start(['connect', 'sticky', '--json'])
  expect((await listening(third)).port).not.toBe(ports[0])
  expect(third.stdout).toContain(`"usual":${ports[0]}`)
  other.close()
  await once(other, 'close')
  await using fourth = stage.start(['connect', 'sticky', '--json'])
  expect((await listening(fourth)).port).toBe(ports[0])
})

test('--port: that one, or a clear refusal', async () => {
  const port = await freePort()
  await using running = stage.start(['connect', 'vectordb', '--json', '--port', String(port)])
  expect((await listening(running)).port).toBe(port)
  const second = await stage.hoop(['connect', 'vectordb', '--port', String(port)])
  expect(second).toMatchObject({
    status: 69,
    stderr: expect.stringMatching(new RegExp(`port is in use: ${port}\nhint: `)) as string,
  })
})

test('several connections at once', async () => {
  await using running = stage.start(['connect', 'one', 'two', '--json'])
  await running.until(/"name":"two","host"/)
  const lines = running.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Listening)
  for (const line of lines) await (await clientOf(line)).end()
})

test('--socket: a folder for psql -h', async () => {
  await using folder = await tempFolder()
  await using running = stage.start(['connect', 'vectordb', '--json', '--socket'], {
    env: { XDG_RUNTIME_DIR: folder.path },
  })
  const where = await listening(running)
  expect(where).toMatchObject({ host: join(folder.path, 'hoop', 'vectordb'), port: 5432 })
  await (await clientOf(where)).end()
})

test('--password: clients need the one in the address', async () => {
  await using running = stage.start(['connect', 'vectordb', '--json', '--password'])
  const where = await listening(running)
  await expect(clientOf(where, 'guessed')).rejects.toMatchObject({ code: '28000' })
  await (await clientOf(where, new URL(where.dsn).password)).end()
})

test('--service keeps an entry for psql service=NAME', async () => {
  await using folder = await tempFolder()
  const env = { PGSERVICEFILE: folder.file('services') }
  await using running = stage.start(['connect', 'vectordb', '--json', '--service'], { env })
  const { port } = await listening(running)
  expect(await readFile(env.PGSERVICEFILE, 'utf8')).toContain(
    `[vectordb]\nhost=127.0.0.1\nport=${port}\ndbname=postgres\n`,
  )
})

test('-- COMMAND runs with libpq’s variables and returns its status', async () => {
  const env = { PGPASSWORD: 'of another server', PGSERVICE: 'another', DATABASE_URL: 'postgres://elsewhere/x' }
  const { status, stdout } = await stage.hoop(
    ['connect', 'vectordb', '--', 'sh', '-c', 'env | grep -E "^(PG|DATABASE_URL)" | sort; exit 7'],
    { env },
  )
  expect(status).toBe(7)
  expect(stdout).toMatch(
    /^DATABASE_URL=postgresql:\/\/127\.0\.0\.1:\d+\/postgres\nPGDATABASE=postgres\nPGGSSENCMODE=disable\nPGHOST=127\.0\.0\.1\nPGPORT=\d+\nPGSSLMODE=disable\nPGUSER=hoop\n$/,
  )
})

test('hoop psql runs the psql that is found, and returns its status', async () => {
  const bin = join(stage.home, 'bin')
  await mkdir(bin, { recursive: true })
  await writeFile(join(bin, 'psql'), '#!/bin/sh\necho "$PGHOST $PGDATABASE $@"; exit 3\n', { mode: 0o755 })
  const env = { PATH: `${bin}:${process.env['PATH']}` }
  const { status, stdout } = await stage.hoop(['psql', 'vectordb', '--', '-c', 'SELECT 1'], { env })
  expect([status, stdout]).toEqual([3, '127.0.0.1 postgres -c SELECT 1\n'])
})

test('-- COMMAND with flags of its own, --json among them', async () => {
  const { status, stdout } = await stage.hoop(['connect', 'vectordb', '--', 'echo', '--json', '--port', 'x'])
  expect([status, stdout]).toEqual([0, '--json --port x\n'])
})

test.for([
  ['a command that isn’t there', ['no-such-command'], 127],
  ['a folder', ['/tmp'], 126],
] as const)('%s', async ([, command, status]) => {
  expect((await stage.hoop(['connect', 'vectordb', '--', ...command])).status).toBe(status)
})

test.for([
  ['SIGTERM', 'kill -TERM $PPID; exec sleep 5', 143],
  ['a signal of its own', 'kill -KILL $$', 137],
] as const)('%s while a command runs', async ([, script, status]) => {
  expect((await stage.hoop(['connect', 'vectordb', '--', 'sh', '-c', script])).status).toBe(status)
})

test.for([
  ['no name', [], /which connection/],
  ['--port for two', ['a', 'b', '--port', '5000'], /one NAME/],
  ['a port of 0', ['a', '--port', '0'], /port/],
  ['nothing behind --', ['a', '--'], /command is missing/],
  ['an unknown flag', ['a', '--prot', '1'], /--prot/],
] as const)('%s: 64', async ([, args, words]) => {
  expect(await stage.hoop(['connect', ...args])).toMatchObject({
    status: 64,
    stderr: expect.stringMatching(words) as string,
  })
})

test('a gateway that goes away is told to the client, and the port stays', async () => {
  await using own = await setStage(inject('databaseUrl'))
  await own.login()
  await using running = own.start(['connect', 'vectordb', '--json'])
  const where = await listening(running)
  await own.gateway[Symbol.asyncDispose]()
  await expect(clientOf(where)).rejects.toMatchObject({
    code: '08001',
    message: expect.stringContaining('hoop: the gateway does not answer') as string,
    hint: expect.any(String) as string,
  })
  await running.until(/"event":"refused","name":"vectordb","code":"GATEWAY_UNREACHABLE"/)
})

test('renews at half-life, asking the provider first; a disabled person is out, and is told', async () => {
  await using own = await setStage(inject('databaseUrl'))
  await own.login()
  own.gateway.grantLife = 4_000
  await using running = own.start(['connect', 'vectordb', '--json'])
  const where = await listening(running)
  await running.until(/"event":"renewed"/)
  const grants = own.gateway.heard.filter(({ path }) => path === '/v1/grants')
  expect(grants[1]?.body).toMatchObject({ connection: 'vectordb', renews: expect.any(String) as string })
  expect(grants[1]?.authorization).not.toBe(grants[0]?.authorization) // a new ID token
  own.idp.disable('mika')
  await running.until(/"event":"renewal_failed","name":"vectordb","code":"LOGIN_ENDED"/)
  await expect
    .poll(
      () =>
        clientOf(where).then(
          () => 'in',
          (error: Error) => error.message,
        ),
      { timeout: 10_000, interval: 500 },
    )
    .toMatch(/hoop: the identity provider refused to renew your login/)
})

test('through HTTPS_PROXY, login, requests and streams alike', async () => {
  await using proxy = await startConnectProxy()
  const from = proxy.asked.length
  const env = { HTTPS_PROXY: proxy.url }
  await using running = stage.start(['connect', 'vectordb', '--json'], { env })
  await (await clientOf(await listening(running))).end()
  const { host } = new URL(stage.gateway.url)
  // The API; a link, which this gateway has none of; and the stream.
  expect(proxy.asked.slice(from).map(({ target }) => target)).toEqual([host, host, host])
})

test('HOOP_TOKEN: no login, and nothing is written but the key that its token belongs to', async () => {
  await using home = await tempFolder()
  await using running = stage.start(['connect', 'vectordb', '--json'], { home: home.path, env: await stage.token() })
  await (await clientOf(await listening(running))).end()
  expect(await readdir(home.path, { recursive: true })).toEqual(['locks', 'secrets', 'secrets/key-of-tokens.json'])
})

test('without a terminal: a table on stdout, words on stderr, no colors', async () => {
  await using running = stage.start(['connect', 'vectordb'], { env: { NO_COLOR: undefined, FORCE_COLOR: undefined } })
  await running.until(/Listening/)
  expect(running.stdout).toMatch(
    /^NAME +ADDRESS +POLICY\nvectordb +postgresql:\/\/127\.0\.0\.1:\d+\/postgres +research\n$/,
  )
  expect(running.stdout + running.stderr).not.toContain('\u001b')
})

const psql = await promisify(execFile)('psql', ['--version']).then(
  () => true,
  () => false,
)

test.skipIf(!psql)('psql in the foreground (needs psql)', async () => {
  const script = 'psql -U login_trust -Atc "select 6 * 7"'
  const { stdout, status } = await stage.hoop(['connect', 'vectordb', '--', 'sh', '-c', script])
  expect([stdout, status]).toEqual(['42\n', 0])
})
