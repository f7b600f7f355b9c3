import { chmod, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ServiceTokenInfo, ServiceTokenMade } from '../../src/lib/api/service-tokens.js'
import { type FreshDatabase, freshDatabase } from '../helpers/database.js'
import { startTestGateway, type TestGateway } from '../helpers/gateway.js'
import { hoop, type HoopResult, startHoop } from '../helpers/command/hoop.js'

let database: FreshDatabase
let gateway: TestGateway
beforeAll(async () => {
  database = await freshDatabase()
  gateway = await startTestGateway({
    database: database.url,
    identity: { tokens: { longest: '30d', per_person: 20 } },
    policies: { open: {}, other: {} },
  })
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const make = async (account: string, name: string, ...more: string[]): Promise<ServiceTokenMade> => {
  const args = ['tokens', 'create', name, '--connection', 'vectordb', '--ttl', '1d', ...more, '--json']
  const { stdout, stderr, status } = await gateway.hoop(account, args)
  expect([status, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as ServiceTokenMade
}
const listed = async (account: string, ...more: string[]): Promise<readonly ServiceTokenInfo[]> =>
  (
    JSON.parse((await gateway.hoop(account, ['tokens', 'list', '--json', ...more])).stdout) as {
      tokens: ServiceTokenInfo[]
    }
  ).tokens

/** A job: nothing but its environment. */
const job = (token: string, args: readonly string[], env: Record<string, string> = {}): Promise<HoopResult> =>
  hoop(args, {
    home: gateway.home('job'),
    cwd: gateway.folder,
    env: { HOOP_TOKEN: token, HOOP_GATEWAY: gateway.url, HOOP_CA: gateway.caFile, ...env },
  })
const failed = ({ status, stdout, stderr }: HoopResult): unknown => [
  status,
  stderr === '' ? (JSON.parse(stdout) as { error: { code: string } }).error.code : stderr,
]

test('the token is all that stands on stdout, once; a job runs by it, and nothing of it is kept', async () => {
  const made = await gateway.hoop('casey', ['tokens', 'create', 'nightly', '-c', 'vectordb', '--ttl', '30d'])
  expect(made.status).toBe(0)
  expect(made.stdout).toMatch(/^hoop_st_[0-9A-Za-z]{60}\n$/)
  expect(made.stderr).toMatch(/^Connections +vectordb \(open\)$/m)
  expect(made.stderr).not.toContain('hoop_st_')
  const token = made.stdout.trim()
  const ran = await job(`${token}\n`, ['exec', 'vectordb', 'SELECT 42 AS answer', '--format', 'csv'])
  expect([ran.status, ran.stdout, ran.stderr]).toEqual([0, 'answer\n42\n', ''])
  const shown = await gateway.hoop('casey', ['tokens', 'show', 'nightly'])
  expect(shown.stdout).toMatch(/^Last used +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:Z|[+-]\d\d(?::\d\d)?) from 127\.0\.0\.1$/m)
  expect(shown.stdout).toMatch(/^Owner +casey@contractor\.example \(casey\)$/m)
  for (const text of [shown.stdout, gateway.server.stdout, gateway.server.stderr]) expect(text).not.toContain(token)
  for (const file of await readdir(gateway.folder, { recursive: true, withFileTypes: true }))
    if (file.isFile()) expect(await readFile(join(file.parentPath, file.name), 'latin1')).not.toContain(token.slice(19))
})

test('lists show one’s own, and everybody’s to who may see them', async () => {
  await make('mika', 'etl')
  const own = await gateway.hoop('mika', ['tokens', 'list'])
  expect(own.stdout).toMatch(/^NAME +ID +OWNER +CONNECTIONS +EXPIRES +LAST USED +LIVE +NOTE$/m)
  expect(own.stdout).toMatch(
    /^etl +[0-9A-Za-z]{11} +mika@acme\.example +vectordb \(open\) .* never +0 +expires within 7 days$/m,
  )
  expect((await listed('mika')).map(({ name }) => name)).toEqual(['etl'])
  expect((await listed('ines', '--all')).map(({ name }) => name)).toEqual(expect.arrayContaining(['nightly', 'etl']))
  expect((await gateway.hoop('mika', ['tokens', 'list', '--all'])).status).toBe(77)
  expect(failed(await gateway.hoop('casey', ['tokens', 'show', 'mika@acme.example/etl', '--json']))).toEqual([
    1,
    'NOT_FOUND',
  ])
  expect((await gateway.hoop('ines', ['tokens', 'show', 'MIKA@acme.example/etl'])).status).toBe(0)
  expect((await gateway.hoop('ines', ['tokens', 'revoke', 'mika/etl', '--reason', 'x'])).status).toBe(1)
})

test.for<[string, string[], number, string]>([
  [
    'longer than the configuration allows',
    ['a', '-c', 'vectordb', '--ttl', '31d'],
    64,
    'a service token may not live that long: 30 days at most',
  ],
  ['of a name that is taken', ['nightly', '-c', 'vectordb', '--ttl', '1d'], 73, 'hoop tokens rotate NAME'],
  ['for a connection that isn’t there', ['b', '-c', 'nothing', '--ttl', '1d'], 77, 'may not use connection nothing'],
  ['under another policy', ['c', '-c', 'vectordb', '--policy', 'other', '--ttl', '1d'], 77, 'There it is open'],
  ['for somebody else', ['d', '-c', 'vectordb', '--ttl', '1d', '--owner', 'mika'], 77, 'this takes the role admin'],
  [
    'with more policies than connections',
    ['e', '-c', 'vectordb', '--policy', 'open', '--policy', 'open', '--ttl', '1d'],
    64,
    'as many --policy',
  ],
  [
    'of a network that is none',
    ['f', '-c', 'vectordb', '--ttl', '1d', '--cidr', '10.0.0.0/99'],
    70,
    'not every network is one',
  ],
  [
    'bound to a key that isn’t there',
    ['g', '-c', 'vectordb', '--ttl', '1d', '--bind', 'nothing.pem'],
    78,
    'hoop tokens key FILE',
  ],
  [
    'bound to the key of this machine where it has none',
    ['h', '-c', 'vectordb', '--ttl', '1d', '--bind'],
    64,
    'HOOP_KEY_FILE',
  ],
  ['of a name with a slash', ['i/j', '-c', 'vectordb', '--ttl', '1d'], 64, 'is no name for a token'],
  ['without an end', ['k', '-c', 'vectordb'], 64, 'ttl'],
])('no token is made %s', async ([, args, status, words]) => {
  const refused = await gateway.hoop('casey', ['tokens', 'create', ...args])
  expect([refused.status, refused.stdout]).toEqual([status, ''])
  expect(refused.stderr).toContain(words)
})

test('an admin makes one for somebody who is known, for no more than they may do', async () => {
  await gateway.hoop('mika', ['connections'])
  const made = await make('olu', 'for-mika', '--owner', 'mika@acme.example')
  expect(made.token).toMatchObject({ owner: { subject: 'mika' }, createdBy: { subject: 'olu' } })
  const args = ['tokens', 'create', 'own', '-c', 'vectordb', '--ttl', '1d']
  expect((await gateway.hoop('olu', args)).status).toBe(77)
  expect((await gateway.hoop('olu', [...args, '--owner', 'nobody-was-here'])).status).toBe(1)
})

test('a bound token is good with its key alone, and the key with its owner alone', async () => {
  const file = join(gateway.folder, 'runner.pem')
  const key = await gateway.hoop('casey', ['tokens', 'key', file])
  expect([key.status, key.stdout]).toEqual([0, expect.stringMatching(/^[\w-]{43}\n$/)])
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await gateway.hoop('casey', ['tokens', 'key', file])).status).toBe(73)
  expect((await gateway.hoop('casey', ['tokens', 'key', '--show', file])).stdout).toBe(key.stdout)
  const { secret, token } = await make('casey', 'bound', `--bind=${key.stdout.trim()}`)
  expect(token.boundTo).toBe(key.stdout.trim())
  expect((await make('casey', 'bound-to-file', '--bind', file)).token.boundTo).toBe(token.boundTo)
  const sql = ['exec', 'vectordb', 'SELECT 1', '--format', 'csv']
  expect(await job(secret, sql, { HOOP_KEY_FILE: file })).toMatchObject({ status: 0 })
  const other = await job(secret, sql)
  expect([other.status, other.stderr]).toEqual([77, expect.stringContaining('Set HOOP_KEY_FILE')])
  await chmod(file, 0o640)
  const open = await job(secret, sql, { HOOP_KEY_FILE: file })
  expect([open.status, open.stderr]).toEqual([78, expect.stringContaining(`chmod 600 ${file}`)])
  expect((await job(secret, sql, { HOOP_KEY_FILE: gateway.caFile })).status).toBe(78)
})

test('status says whose token it is and until when, and why it is refused', async () => {
  const { secret, token } = await make('casey', 'status')
  const good = await job(secret, ['status', '--json'])
  expect([good.status, JSON.parse(good.stdout)]).toMatchObject([
    0,
    {
      ...{ loggedIn: true, source: 'HOOP_TOKEN', expiresAt: token.expiresAt },
      person: { subject: `token:${token.id}`, name: 'casey@contractor.example/status' },
      owner: { subject: 'casey' },
    },
  ])
  const away = await job(secret, ['status'], { HOOP_GATEWAY: 'https://127.0.0.1:1' })
  expect([away.status, away.stdout]).toEqual([69, expect.stringContaining(`service token ${token.id}`)])
  await gateway.hoop('casey', ['tokens', 'revoke', 'status', '--reason', 'over'])
  const bad = await job(secret, ['status'])
  expect([bad.status, bad.stdout, bad.stderr]).toEqual([
    77,
    expect.stringMatching(/^Person +the service token was revoked: over$/m),
    expect.stringContaining('hoop tokens create'),
  ])
})

test('a mistyped token is refused before any gateway is asked', async () => {
  const { secret } = await make('casey', 'typo')
  const wrong = await job(secret.slice(0, -1), ['exec', 'vectordb', 'SELECT 1', '--json'], {
    HOOP_GATEWAY: 'https://127.0.0.1:1',
  })
  expect(failed(wrong)).toEqual([77, 'TOKEN_INVALID'])
})

test('a rotated token works on with both secrets, then with the new one; a revoked one ends what it opened', async () => {
  const { secret } = await make('casey', 'turn')
  const turned = await gateway.hoop('casey', ['tokens', 'rotate', 'turn', '--overlap', '2h'])
  const fresh = turned.stdout.trim()
  expect([turned.status, turned.stderr]).toEqual([0, expect.stringContaining('is good for 2 h more')])
  for (const each of [secret, fresh]) expect((await job(each, ['connections'])).status).toBe(0)
  const env = { HOOP_TOKEN: fresh, HOOP_GATEWAY: gateway.url, HOOP_CA: gateway.caFile }
  await using port = startHoop(['connect', 'vectordb', '--json'], {
    home: gateway.home('job'),
    cwd: gateway.folder,
    env,
  })
  const [, line = ''] = await port.until(/^(\{"event":"listening".*\})$/m, 60_000)
  const { host, port: number } = JSON.parse(line) as { host: string; port: number }
  const client = new Client({ host, port: number, user: 'x' })
  const ended = new Promise((resolve) => client.on('error', resolve))
  await client.connect()
  expect((await listed('casey')).find(({ name }) => name === 'turn')).toMatchObject({ live: 1 })
  const revoked = await gateway.hoop('casey', ['tokens', 'revoke', 'turn', '-r', 'the job is gone'])
  expect(revoked.stdout).toBe('casey@contractor.example/turn is revoked; 1 session ended.\n')
  expect(await ended).toMatchObject({
    code: '57P01',
    message: 'hoop: the session was ended: the service token turn was revoked: the job is gone',
  })
  await expect(new Client({ host, port: number, user: 'x' }).connect()).rejects.toMatchObject({
    message: expect.stringContaining('the service token was revoked: the job is gone') as string,
  })
  expect((await listed('casey', '--ended')).find(({ name }) => name === 'turn')).toMatchObject({ marks: ['revoked'] })
})

test('who is shut out takes their tokens along, and they are counted', async () => {
  await make('mika', 'last')
  const out = await gateway.hoop('olu', ['people', 'revoke', 'mika', '--reason', 'left', '--json'])
  const { tokens } = (JSON.parse(out.stdout) as { ended: { tokens: number } }).ended
  expect(tokens).toBeGreaterThanOrEqual(1)
  const after = (await listed('ines', '--all', '--ended')).filter(({ owner }) => owner.subject === 'mika')
  expect(after.every(({ marks }) => marks.includes('revoked'))).toBe(true)
  await gateway.hoop('olu', ['people', 'restore', 'mika'])
})

test('a secret that is typed where an id belongs ends its token, and is repeated neither here nor there', async () => {
  const { secret, token } = await make('casey', 'chat')
  const revoke = (text: string) =>
    gateway.hoop('casey', ['tokens', 'revoke', text, '--reason', 'it stood in a chat', '--json'])
  const cut = secret.slice(0, -3)
  const wrong = await revoke(cut)
  expect(failed(wrong)).toEqual([1, 'NOT_FOUND'])
  const shown = await gateway.hoop('casey', ['tokens', 'show', secret, '--json'])
  expect((JSON.parse(shown.stdout) as ServiceTokenInfo).id).toBe(token.id)
  expect((await revoke(secret)).status).toBe(0)
  const said = [wrong.stdout, wrong.stderr, shown.stdout, gateway.server.stdout, gateway.server.stderr]
  for (const text of said) expect(text).not.toContain(cut)
})
