import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Idp, startIdp } from '../../../src/demo/idp.js'
import { checkGateway } from '../../../src/operator/check/check.js'
import type { CheckResult } from '../../../src/operator/check/step.js'
import { startGateway } from '../../../src/gateway/server/start/start.js'
import { issueServer } from '../../../src/operator/init/authority.js'
import { freshDatabase } from '../../helpers/database.js'
import { type GatewayFolder, gatewayFolder } from '../../helpers/gateway-folder.js'

let idp: Idp
beforeAll(async () => {
  idp = await startIdp()
})
afterAll(() => idp[Symbol.asyncDispose]())

const check = async ({ config }: GatewayFolder): Promise<CheckResult[]> => {
  const results: CheckResult[] = []
  for await (const result of checkGateway({ config, env: {} })) results.push(result)
  return results
}

/** What failed, by name; everything else must have been looked at and found in order. */
const failures = (results: readonly CheckResult[]): Record<string, string> =>
  Object.fromEntries(results.filter(({ state }) => state === 'failed').map(({ name, detail }) => [name, detail]))

const reissue = async (folder: GatewayFolder, hosts: string[], from: Date, days: number) => {
  const read = (name: string) => readFile(folder.file('tls', name), 'utf8')
  const made = await issueServer({ cert: await read('ca.pem'), key: await read('ca-key.pem') }, hosts, { from, days })
  await writeFile(folder.file('tls', 'cert.pem'), made.cert)
  await writeFile(folder.file('tls', 'key.pem'), made.key)
}
const yesterday = () => new Date(Date.now() - 86_400_000)

test('what init made passes every check', async () => {
  await using folder = await gatewayFolder({ issuer: idp.issuer })
  const results = await check(folder)
  expect(failures(results)).toEqual({})
  expect(results.map(({ name }) => name)).toEqual([
    'configuration',
    'secrets',
    'keys',
    'listen address',
    'certificate and key',
    'certificate dates',
    'certificate names',
    'identity provider',
    'connection vectordb',
    'other logins vectordb',
    'masked columns',
    'store',
    'recordings',
    'ledger',
    'ledger copies',
    'disk space',
  ])
  expect(results.find(({ name }) => name === 'connection vectordb')?.detail).toMatch(
    /^PostgreSQL 18.*TLSv1\.3 \(verify-full\), \d+ ms, as a superuser$/,
  )
})

test('the check changes nothing', async () => {
  await using folder = await gatewayFolder({ issuer: idp.issuer })
  const before = readdirSync(folder.path, { recursive: true })
  await check(folder)
  expect(readdirSync(folder.path, { recursive: true })).toEqual(before)
})

const broken: Record<string, [failing: string, words: string | RegExp, breakIt: (folder: GatewayFolder) => unknown]> = {
  'an unknown key': [
    'configuration',
    /hoop\.yaml:\d+:\d+: .*gateway\.colour: found an unknown key/,
    (f) => f.edit('drain: 30s', 'colour: red'),
  ],
  'no configuration': ['configuration', 'no configuration', (f) => rm(f.config)],
  'a missing secret': [
    'secrets',
    /hoop\.yaml:\d+:\d+: .*vectordb\.password/,
    (f) => rm(f.file('secrets', 'vectordb.password')),
  ],
  'a signing key that others can read': [
    'keys',
    'can be read by others',
    (f) => chmod(f.file('keys', 'signing.json'), 0o644),
  ],
  'a masking key that is cut': ['keys', '3 bytes, expected 32', (f) => writeFile(f.file('keys', 'masking.key'), 'cut')],
  'a private key that others can read': [
    'certificate and key',
    'can be read by others (mode 0644)',
    (f) => chmod(f.file('tls', 'key.pem'), 0o644),
  ],
  'a missing certificate': ['certificate and key', 'is not there', (f) => rm(f.file('tls', 'cert.pem'))],
  'a key of another certificate': [
    'certificate and key',
    'does not belong',
    (f) => rename(f.file('tls', 'ca-key.pem'), f.file('tls', 'key.pem')),
  ],
  'an expired certificate': [
    'certificate dates',
    'expired on 2020-01-31',
    (f) => reissue(f, ['localhost'], new Date('2020-01-01'), 30),
  ],
  'a certificate of tomorrow': [
    'certificate dates',
    'valid only from',
    (f) => reissue(f, ['localhost'], new Date(Date.now() + 86_400_000), 30),
  ],
  'a certificate for another name': [
    'certificate names',
    'and not localhost',
    (f) => reissue(f, ['other.example.com'], yesterday(), 90),
  ],
  'a wrong password': [
    'connection vectordb',
    'password authentication failed',
    (f) => writeFile(f.file('secrets', 'vectordb.password'), 'wrong'),
  ],
  'a database that is not there': ['connection vectordb', 'does not exist', (f) => f.edit('/postgres?', '/nowhere?')],
  'a server that is not there': [
    'connection vectordb',
    'ECONNREFUSED',
    (f) => f.edit(/127\.0\.0\.1:\d+\/postgres/, '127.0.0.1:1/postgres'),
  ],
  'an untrusted server': [
    'connection vectordb',
    'certificate',
    (f) => f.edit(/sslrootcert=[^\s]*/, `sslrootcert=${f.file('tls', 'ca.pem')}`),
  ],
  'a column that is not there': [
    'masked columns',
    /hoop\.yaml:\d+:\d+: .*pg_catalog\.pg_class\.nothing/,
    (f) => f.edit('masks: []', 'masks: [{ columns: [pg_catalog.pg_class.nothing], with: redact }]'),
  ],
  'a store that is none': ['store', 'state cannot be read', (f) => writeFile(f.file('hoop.db'), 'not a database')],
  'recordings that are a file': [
    'recordings',
    'cannot be recorded',
    async (f) => {
      await rm(f.file('recordings'), { recursive: true })
      await writeFile(f.file('recordings'), '')
    },
  ],
  'an issuer that does not answer': [
    'identity provider',
    'does not answer',
    (f) => f.edit(/issuer: .*/, 'issuer: http://127.0.0.1:1'),
  ],
}

test.for(Object.entries(broken))('%s fails its own check, with a hint', async ([, [failing, words, breakIt]]) => {
  await using folder = await gatewayFolder({ issuer: idp.issuer })
  await breakIt(folder)
  const results = await check(folder)
  const failed = failures(results)
  // Without its secret no connection can be tried.
  const follows = failing === 'secrets' ? ['masked columns', 'connection vectordb'] : ['masked columns']
  expect(Object.keys(failed).filter((name) => !follows.includes(name) || failing === name)).toEqual([failing])
  expect(failed[failing]).toMatch(words)
  // The operator reads this, and is not sent to the operator or back to this check.
  expect(results.find(({ name }) => name === failing)?.hint).toMatch(
    /^(?!.*(Ask the gateway|hoop gateway check$)).+|Correct the lines/,
  )
})

test('connections are tried one by one: what is wrong with one hides nothing of another', async () => {
  await using folder = await gatewayFolder({ issuer: idp.issuer })
  const url = /url: (postgres:.*)/.exec(await readFile(folder.config, 'utf8'))?.[1]
  const more = (name: string, of: string, password: string) =>
    `  ${name}:\n    url: ${of}\n    password: ${password}\n    access: [{ groups: [ops], policy: default }]\n`
  const away = String(url).replace(/127\.0\.0\.1:\d+\//, '127.0.0.1:1/')
  const right = 'file:secrets/vectordb.password'
  await folder.edit(
    'connections:\n',
    `connections:\n${more('a', away, right)}${more('b', String(url), 'env:NONE')}${more('c', String(url).replace(/sslrootcert=.*/, 'sslrootcert=none.pem'), right)}`,
  )
  const results = await check(folder)
  expect(failures(results)).toMatchObject({
    secrets: expect.stringMatching(/hoop\.yaml:\d+:\d+: environment variable NONE is not set/) as string,
    'connection a': expect.stringContaining('ECONNREFUSED') as string,
    'connection b': expect.stringContaining('a secret that the configuration names cannot be had') as string,
    'connection c': expect.stringContaining('none.pem cannot be read (ENOENT)') as string,
  })
  expect(results.find(({ name }) => name === 'connection vectordb')?.state).toBe('warning')
  expect(results.at(-1)?.name).toBe('disk space')
})

test('an address that somebody else uses fails, the running gateway’s own does not', async () => {
  await using folder = await gatewayFolder({ issuer: idp.issuer })
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await folder.edit('127.0.0.1:0', `127.0.0.1:${port}`)
  expect(failures(await check(folder))).toEqual({ 'listen address': `the port is in use: 127.0.0.1:${port}` })
  other.close()
  await once(other, 'close')
  const log = pino({ enabled: false })
  const gateway = await startGateway({ config: folder.config, version: '0.0.0', log, env: {} })
  const results = await check(folder)
  await gateway.close(0)
  expect(failures(results)).toEqual({})
  expect(results.find(({ name }) => name === 'listen address')?.detail).toContain('the gateway is running')
})

test('the metrics’ address is looked at where there is one', async () => {
  await using folder = await gatewayFolder({ issuer: idp.issuer })
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await folder.edit('gateway:\n', `gateway:\n  metrics: { listen: '127.0.0.1:${port}' }\n`)
  const found = (await check(folder)).find(({ name }) => name === 'metrics address')
  expect(found).toMatchObject({ state: 'failed', hint: expect.stringContaining('gateway.metrics.listen') as string })
  other.close()
  await once(other, 'close')
  const free = (await check(folder)).find(({ name }) => name === 'metrics address')
  expect(free).toMatchObject({ state: 'ok', detail: `127.0.0.1:${port} is free` })
})

test('a certificate in its last two weeks is a warning', async () => {
  await using folder = await gatewayFolder({ issuer: idp.issuer })
  await reissue(folder, ['localhost'], yesterday(), 10)
  const results = await check(folder)
  expect(failures(results)).toEqual({})
  expect(results.find(({ name }) => name === 'certificate dates')).toMatchObject({
    state: 'warning',
    detail: expect.stringMatching(/expires in 8 days|expires in 9 days/) as string,
  })
})

test('an issuer without device login is found out', async () => {
  const server = createHttpServer((request, response) => {
    const issuer = `http://${request.headers.host}`
    response.end(JSON.stringify(request.url === '/jwks' ? { keys: [] } : { issuer, jwks_uri: `${issuer}/jwks` }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await using folder = await gatewayFolder({ issuer })
  expect(failures(await check(folder))).toEqual({
    'identity provider': `the identity provider does not answer: ${issuer} offers no device login (RFC 8628)`,
  })
  server.close()
})

test('a table that is partitioned by a masked column is a warning', async () => {
  await using database = await freshDatabase()
  await (await database.client()).query('CREATE TABLE pins (id int, pin int) PARTITION BY RANGE ((pin / 2))')
  await using folder = await gatewayFolder({ issuer: idp.issuer })
  await folder.edit('masks: []', 'masks: [{ columns: [public.pins.pin], with: null }]')
  await folder.edit('    access:', `    databases: [${database.name}]\n    access:`)
  const results = await check(folder)
  expect(failures(results)).toEqual({})
  expect(results.find(({ name }) => name === 'masked columns')).toMatchObject({
    state: 'warning',
    detail: expect.stringContaining('public.pins is partitioned by pin') as string,
  })
})

test('a masked table that is in none of the databases is a warning: it is masked once it is there', async () => {
  await using folder = await gatewayFolder({ issuer: idp.issuer })
  await folder.edit('masks: []', 'masks: [{ columns: [public.later.secret], with: null }]')
  const results = await check(folder)
  expect(failures(results)).toEqual({})
  const found = results.find(({ name }) => name === 'masked columns')
  expect(found).toMatchObject({ state: 'warning', detail: expect.stringContaining('public.later.secret') as string })
})

test('masked columns are found where one of a connection’s databases has them', async () => {
  await using database = await freshDatabase()
  const client = await database.client()
  await client.query('CREATE TABLE people (email text)')
  await using folder = await gatewayFolder({ issuer: idp.issuer })
  await folder.edit('masks: []', 'masks: [{ columns: [public.people.email], with: email }]')
  await folder.edit('    access:', `    databases: [${database.name}]\n    access:`)
  const results = await check(folder)
  expect(failures(results)).toEqual({})
  expect(results.map(({ name }) => name)).toContain(`connection vectordb/${database.name}`)
  expect(results.find(({ name }) => name === 'masked columns')?.detail).toBe('1 found in the live catalog')
})

test('each trust of workloads has its issuer and its keys tried, and what was found is said', async () => {
  await using folder = await gatewayFolder({ issuer: idp.issuer })
  const key = { kty: 'OKP', crv: 'Ed25519', x: 'ZOs8gyHXTnEnuZpjHLpVhLSRqTTGqRe6qpJrHSQYNCA' }
  await writeFile(folder.file('jwks.json'), JSON.stringify({ keys: [key] }))
  await writeFile(folder.file('none.json'), '{"keys":[]}')
  const trust = (name: string, rest: string) =>
    `    ${name}: { issuer: "${idp.issuer}", audience: a, when: { sub: x }${rest} }\n`
  await folder.edit(
    'identity:\n',
    `identity:\n  workloads:\n${trust('found', '')}${trust('file', ', jwks: file:jwks.json')}${trust('empty', ', jwks: file:none.json')}` +
      `    gone: { issuer: "http://127.0.0.1:1", when: { sub: x } }\n`,
  )
  const found = (await check(folder)).filter(({ name }) => name.startsWith('workloads '))
  expect(found).toMatchObject([
    {
      name: 'workloads found',
      state: 'ok',
      detail: expect.stringMatching(/: \d+ keys?, found by discovery, /) as string,
    },
    { name: 'workloads file', state: 'ok', detail: expect.stringMatching(/: 1 key, from a file, /) as string },
    { name: 'workloads empty', state: 'warning', detail: expect.stringContaining('has no keys') as string },
    { name: 'workloads gone', state: 'failed', detail: expect.stringContaining('127.0.0.1:1') as string },
  ])
})
