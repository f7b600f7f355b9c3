import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '../../../src/policy/config/load.js'
import { tempFolder } from '../../helpers/temp.js'
import { environment, load, minimal, problems } from './files.js'

const invalid = 'CONFIG_INVALID the configuration is not valid: '

/** One change to a good file, and the problem that it makes, at its line and column. */
const mistakes: [title: string, from: string, to: string, problem: string][] = [
  [
    'an unknown key',
    'clear_for: [dpo]',
    'claer_for: [dpo]',
    '16:5: policies.research.claer_for: found an unknown key, expected one of clear_for, masks, predicates, derived, functions, mode, packs, rules, break_glass, budgets, limits, resume, recordings, masked_errors, vectors, trusted_functions (did you mean clear_for?)',
  ],
  [
    'an unknown key at the top',
    'gateway:',
    'gatway: {}\ngateway:',
    '1:1: gatway: found an unknown key, expected one of gateway, identity, connections, policies (did you mean gateway?)',
  ],
  ['a wrong type', 'client_id: hoop-cli', 'client_id: [hoop]', '6:3: identity.client_id: found a list, expected text'],
  ['a missing key', '  client_id: hoop-cli\n', '', '4:1: identity.client_id: found nothing, expected text'],
  [
    'a missing section',
    minimal.slice(minimal.indexOf('identity:'), minimal.indexOf('connections:')),
    '',
    '1:1: identity: found nothing, expected a map',
  ],
  [
    'a key given twice',
    '  client_id: hoop-cli',
    '  client_id: hoop-cli\n  client_id: other',
    '7:3: found this key twice, expected it once',
  ],
  [
    'plain http',
    'https://gateway',
    'http://gateway',
    '2:8: gateway.url: found "http://gateway.example.com:8443", expected an https:// address',
  ],
  [
    'an issuer without TLS',
    'https://login',
    'http://login',
    '5:11: identity.issuer: found "http://login.example.com", expected an https:// address (http:// only on localhost)',
  ],
  [
    'a bad duration',
    'issuer:',
    'grant: { ttl: ten }\n  issuer:',
    '5:17: identity.grant.ttl: found "ten", expected a duration such as 30s, 10m or 1h',
  ],
  [
    'a grant over an hour',
    'issuer:',
    'grant: { max: 2h }\n  issuer:',
    '5:17: identity.grant.max: found a map, expected at most 1h',
  ],
  [
    'a bad size',
    '  tls:',
    '  limits: { message: 1XB }\n  tls:',
    '3:22: gateway.limits.message: found "1XB", expected a size such as 64kB, 20MB or 1GB',
  ],
  [
    'a bad port',
    '  tls:',
    '  listen: 0.0.0.0:99999\n  tls:',
    '3:11: gateway.listen: found "0.0.0.0:99999", expected host:port',
  ],
  [
    'metrics on the gateway’s own port',
    '  tls:',
    '  metrics: { listen: 127.0.0.1:8443 }\n  tls:',
    '3:22: gateway.metrics.listen: found 127.0.0.1:8443, expected another port than gateway.listen has',
  ],
  [
    'metrics on the port that gateway.listen names',
    '  tls:',
    "  listen: '[::1]:9000'\n  metrics: { listen: 127.0.0.1:9000 }\n  tls:",
    '4:22: gateway.metrics.listen: found 127.0.0.1:9000, expected another port than gateway.listen has',
  ],
  [
    'metrics without an address',
    '  tls:',
    '  metrics: {}\n  tls:',
    '3:3: gateway.metrics.listen: found nothing, expected text',
  ],
  [
    'a store of a kind that is not known',
    '  tls:',
    '  store: mysql://db/hoop\n  tls:',
    '3:10: gateway.store: found something else, expected sqlite:PATH or postgres://user@host/database',
  ],
  [
    'a store on a server without a database',
    '  tls:',
    '  store: postgres://hoop@db\n  tls:',
    '3:10: gateway.store: found something else, expected a database in the URL: postgres://user@host/database',
  ],
  [
    'an unknown mask',
    'with: email',
    'with: emial',
    '18:52: policies.research.masks[0].with: found "emial", expected redact, null, email, ',
  ],
  [
    'a mask that keeps nothing',
    'keep_last: 4',
    'keep_last: 0',
    '19:63: policies.research.masks[1].with.keep_last: found 0, expected at least 1',
  ],
  [
    'a column without its schema',
    'public.customers.email',
    'customers.email',
    '18:21: policies.research.masks[0].columns[0]: found "customers.email", expected schema.table.column, spelled as in the catalog',
  ],
  [
    'a column masked twice',
    'public.customers.ssn',
    'public.customers.email',
    '19:21: policies.research.masks[1].columns[0]: found public.customers.email twice, expected one mask for each column',
  ],
  [
    'a rule given twice',
    'rules:',
    'rules:\n      - { name: no-drop, when: { where: missing }, do: block }',
    '24:17: policies.research.rules[1].name: found no-drop twice, expected each rule to have a name of its own',
  ],
  [
    'an unknown statement kind',
    '[drop, truncate]',
    '[drp]',
    '23:46: policies.research.rules[0].when.statement[0]: found "drp", expected one of',
  ],
  [
    'a rule without a condition',
    'when: { statement: [drop, truncate] }',
    'when: {}',
    '23:26: policies.research.rules[0].when: found a map, expected at least one condition',
  ],
  [
    'an access entry for nobody',
    'groups: [ml-eng, contractors]\n        policy',
    'policy',
    '12:9: connections.vectordb.access[0]: found a map, expected groups, people or workloads',
  ],
  [
    'an unknown policy',
    'policy: research',
    'policy: reserch',
    '13:17: connections.vectordb.access[0].policy: found "reserch", expected the name of a policy (did you mean research?)',
  ],
  [
    'a URL of another kind',
    'postgres://app@db.internal',
    'mysql://app@db.internal',
    '9:10: connections.vectordb.url: found something else, expected postgres://user@host:port/database',
  ],
  [
    'a URL without a user',
    'app@',
    '',
    '9:10: connections.vectordb.url: found something else, expected a user name in the URL: postgres://user@host/database',
  ],
  [
    'an unknown URL parameter',
    'sslmode=',
    'ssl=',
    '9:10: connections.vectordb.url: found something else, expected only these parameters in the URL: sslmode, sslrootcert, sslcert, sslkey, connect_timeout',
  ],
  [
    'an unknown sslmode',
    'verify-full',
    'verify',
    '9:10: connections.vectordb.url: found something else, expected sslmode to be one of disable, prefer, require, verify-ca, verify-full',
  ],
  [
    'no database',
    'db.internal/vectors',
    'db.internal',
    '8:3: connections.vectordb: found a map, expected a database, in the url or under databases',
  ],
  [
    'a connection with a bad name',
    'vectordb:',
    'vector db:',
    '8:3: connections.vector db: found "vector db", expected a name of letters, digits, dot, dash and underscore',
  ],
  [
    'an approval that nobody may give',
    'do: block',
    'do: approve',
    '23:9: policies.research.rules[0].approvers: found nothing, expected who may approve: { groups: […], count: 1 }',
  ],
  [
    'approvers of what is blocked',
    'do: block',
    'do: block, approvers: { groups: [dba] }',
    '23:76: policies.research.rules[0].approvers: found a map, expected this only where the rule says do: approve',
  ],
  [
    'a rule that is in no pack',
    'when: { statement: [drop, truncate] }, ',
    '',
    '23:9: policies.research.rules[0].when: found nothing, expected conditions, or the name of a rule of one of the policy’s packs',
  ],
  [
    'a time of day that is none',
    'when: { statement: [drop, truncate] }',
    'when: { time: { from: "25:00" } }',
    '23:48: policies.research.rules[0].when.time.from: found "25:00", expected a time of day such as 08:00',
  ],
  [
    'a time zone that is none',
    'when: { statement: [drop, truncate] }',
    'when: { outside: { zone: Europe/Atlantis } }',
    '23:51: policies.research.rules[0].when.outside.zone: found "Europe/Atlantis", expected a time zone such as Europe/Berlin',
  ],
  [
    'a budget of nothing',
    'rules:',
    'budgets: { session: { rows: 0 } }\n    rules:',
    '22:33: policies.research.budgets.session.rows: found 0, expected ',
  ],
]

test.for(mistakes)('%s is named with its line and column', async ([, from, to, problem]) => {
  expect(minimal).toContain(from)
  const [code, first, ...others] = await problems(minimal.replace(from, to))
  expect(code).toBe(invalid)
  expect(first?.slice(0, problem.length)).toBe(problem)
  expect(others).toEqual([])
})

const detecting = (entry: string) => minimal.replace('columns: [public.documents.embedding]', entry)

test('an entry that detects names detectors and patterns, what is done, and columns that it leaves out', async () => {
  await using folder = await tempFolder()
  const path = join(folder.path, 'hoop.yaml')
  const own = "{ pattern: 'EMP-\\d{6}', name: employee }"
  await writeFile(path, detecting(`detect: [us_ssn, ${own}], with: hash, except: [public.notes.body]`))
  const { config } = await loadConfig(path, { VECTORDB_PASSWORD: 'x' })
  expect(config.policies['research']?.masks[3]).toEqual({
    columns: [],
    with: 'hash',
    detect: {
      detectors: ['us_ssn', { pattern: 'EMP-\\d{6}', name: 'employee' }],
      with: 'hash',
      except: ['public.notes.body'],
    },
  })
})

test.for([
  ['detect: [us_snn]', '21:20: policies.research.masks[3].detect[0]: found "us_snn", expected one of private_key, '],
  ["detect: [{ pattern: '(a', name: a }]", 'found "(a", expected a pattern that RE2 can read (missing closing )'],
  [
    "detect: [{ pattern: '(?=a)', name: a }]",
    'expected a pattern that RE2 can read (invalid or unsupported Perl syntax',
  ],
  ["detect: [{ pattern: 'a*', name: a }]", 'expected a pattern that doesn’t match the empty text'],
  ["detect: [{ pattern: '(\\w{1000}){9}', name: a }]", 'expected a pattern that RE2 can read (invalid repeat count'],
  [`detect: [{ pattern: '${'a'.repeat(501)}', name: a }]`, 'at most 500 characters'],
  ['detect: [{ pattern: x, name: email }]', 'expected a name that no detector of hoop has'],
  ['detect: [email], with: vector', 'masks[3].with: found "vector", expected one of redact, null, hash'],
  ['with: redact', 'masks[3].columns: found nothing, expected a list'],
  ['columns: [public.a.b], except: [public.a.c]', 'masks[3].except: found a list, expected to be left out'],
] as const)('%s is refused: %s', async ([entry, problem]) => {
  const found = await problems(detecting(entry))
  expect(found.join('\n')).toContain(problem)
})

test('every problem is listed, in the order of the file, even where parts cannot be read', async () => {
  const text = minimal
    .replace('issuer:', 'isuer:')
    .replace('policy: research', 'policy: other')
    .replace('do: block', 'do: blok')
  const lines = await problems(text)
  expect(lines.map((line) => Number.parseInt(line, 10))).toEqual([NaN, 4, 5, 13, 23])
})

test.for([
  ['nothing', '', '1:1: found nothing, expected a map'],
  ['a list', '- 1', '1:1: found a list, expected a map'],
  [
    'an open bracket',
    'gateway: [1',
    '2:1: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  ['two documents', 'a: 1\n---\nb: 1', '2:1: not valid YAML: Source contains multiple documents'],
  ['an alias of nothing', 'gateway: *x', '1:10: not valid YAML: an alias that cannot be expanded'],
  [
    'an alias bomb',
    'a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]',
    '1:1: not valid YAML: an alias that cannot be expanded',
  ],
])('a file that holds %s is refused', async ([, text = '', problem = '']) => {
  const lines = await problems(`${text}\n`)
  expect(lines[0]).toBe(invalid)
  expect(lines.map((line) => line.slice(0, problem.length))).toContain(problem)
})

test('passwords written in the wrong place are never repeated', async () => {
  const text = minimal.replace('app@', 'app:hunter2@').replace('env:VECTORDB_PASSWORD', 'hunter2')
  const lines = await problems(text)
  expect(lines).toHaveLength(3)
  expect(lines.join('\n')).not.toContain('hunter2')
})

test('nor is one in the URL of the store, nor one that stands in the place of its place', async () => {
  const store = '  store: postgres://hoop:hunter2@db/hoop\n  store_password: hunter2\n  store_certificate: hunter2\n'
  const lines = await problems(minimal.replace('  tls:', `${store}  tls:`))
  expect(lines).toHaveLength(4)
  expect(lines.join('\n')).toMatch(/without a password \(put it under store_password:/)
  expect(lines.join('\n')).not.toContain('hunter2')
})

test('a store on a server has its own secrets, and files beside hoop.yaml', async () => {
  const store = `  store: postgres://hoop@one,two:5433/state?sslmode=verify-full&sslrootcert=tls/ca.pem&sslcert=c.pem&sslkey=k.pem
  store_password: file:secrets/store
`
  const text = minimal.replace('  tls:', `${store}  tls:`)
  const missing = await problems(text)
  expect(missing[0]).toMatch(/^SECRET_MISSING/)
  expect(missing.slice(1)).toEqual([
    expect.stringMatching(/^4:19: file .*secrets\/store cannot be read/),
    expect.stringMatching(/^3:10: file .*k\.pem cannot be read/),
  ])
  await using folder = await tempFolder()
  await mkdir(folder.file('secrets'), { recursive: true })
  await writeFile(folder.file('secrets', 'store'), 'one', { mode: 0o600 })
  await writeFile(folder.file('k.pem'), 'key', { mode: 0o600 })
  await writeFile(folder.file('hoop.yaml'), text)
  const { config } = await loadConfig(folder.file('hoop.yaml'), environment)
  expect(config.gateway.store).toMatchObject({
    kind: 'postgres',
    url: {
      ...{ host: 'one', port: 5432, others: [{ host: 'two', port: 5433 }], user: 'hoop', database: 'state' },
      ...{ sslmode: 'verify-full', sslrootcert: folder.file('tls', 'ca.pem'), sslkey: folder.file('k.pem') },
    },
  })
  expect(config.gateway.store_password).toEqual({ file: folder.file('secrets', 'store') })
})

test('a missing password is named with its line, and its connection alone does without', async () => {
  const missing = async (text: string) => (await load(text, {})).missing()
  expect(await missing(minimal)).toEqual([
    expect.stringMatching(/hoop\.yaml:10:15: environment variable VECTORDB_PASSWORD is not set$/),
  ])
  const [line] = await missing(minimal.replace('env:VECTORDB_PASSWORD', 'file:no/such'))
  expect(line).toMatch(/hoop\.yaml:10:15: file .*no\/such cannot be read \(ENOENT\)$/)
  expect(await (await load(minimal)).missing()).toEqual([])
  const loaded = await load(minimal, {})
  const { password } = loaded.config.connections['vectordb']!
  await expect(loaded.secret(password!).read()).rejects.toThrow('environment variable VECTORDB_PASSWORD is not set')
})

test('a missing secret of the gateway’s own is named with its line and has a code of its own', async () => {
  const hook = '  webhooks: [{ url: "https://a.example", secret: "env:HOOK" }]\nidentity:'
  const [code, ...lines] = await problems(minimal.replace('identity:', hook))
  expect(code).toMatch(/^SECRET_MISSING/)
  expect(lines).toEqual([expect.stringMatching(/^4:\d+: environment variable HOOK is not set$/)])
})

test('a file that is not there is a missing configuration', async () => {
  await expect(loadConfig('/no/such/hoop.yaml', {})).rejects.toMatchObject({ code: 'CONFIG_MISSING' })
})

test('a good file gets its defaults, and paths are those of its folder', async () => {
  await using folder = await tempFolder()
  await mkdir(folder.file('secrets'))
  await writeFile(folder.file('secrets', 'password'), 'one\n', { mode: 0o600 })
  await writeFile(folder.file('hoop.yaml'), minimal.replace('env:VECTORDB_PASSWORD', 'file:secrets/password'))
  const loaded = await loadConfig(folder.file('hoop.yaml'), {})
  const { config } = loaded
  expect(config.gateway).toMatchObject({
    listen: '0.0.0.0:8443',
    tls: { cert: join(folder.path, 'tls/cert.pem'), key: join(folder.path, 'tls/key.pem') },
    store: { kind: 'sqlite', path: join(folder.path, 'hoop.db') },
    recordings: `file:${join(folder.path, 'recordings')}`,
    drain: 30_000,
  })
  expect(config.identity.grant).toEqual({ ttl: 600_000, max: 3_600_000 })
  expect(config.connections['vectordb']?.url).toEqual({
    host: 'db.internal',
    port: 5432,
    user: 'app',
    database: 'vectors',
    sslmode: 'verify-full',
    connectTimeout: 10_000,
  })
  expect(config.policies['research']?.masks.map((mask) => mask.with)).toEqual([
    'email',
    { keep_last: 4 },
    'null',
    undefined,
  ])
  const password = () => loaded.secret(config.connections['vectordb']!.password!).read()
  expect(await password()).toBe('one')
  await writeFile(folder.file('secrets', 'password'), 'two\n')
  expect(await password()).toBe('two')
})

test('the hash is that of the meaning: not of comments, order, folder or secrets', async () => {
  const one = await load(minimal)
  const [gateway = '', identity = ''] = minimal.split(/^(?=identity:)/m)
  const same = await load(`# moved\n${identity}${gateway}`, { ...environment, VECTORDB_PASSWORD: 'other' })
  const other = await load(minimal.replace('keep_last: 4', 'keep_last: 3'))
  expect(one.hash).toMatch(/^[0-9a-f]{64}$/)
  expect(same.hash).toBe(one.hash)
  expect(same.policyHash('research')).toBe(one.policyHash('research'))
  expect(other.hash).not.toBe(one.hash)
  expect(other.policyHash('research')).not.toBe(one.policyHash('research'))
  expect(() => one.policyHash('none')).toThrow(/no policy none/)
})

test.for([
  ['127.0.0.1:9464', false],
  ["'[::1]:9464'", false],
  ['localhost:9464', false],
  ['0.0.0.0:9464', true],
  ["'[::]:9464'", true],
  ['metrics.internal:9464', true],
] as const)('metrics on %s: whether others may read them is warned of', async ([address, warns]) => {
  const { warnings } = await load(minimal.replace('  tls:', `  metrics: { listen: ${address} }\n  tls:`))
  expect(warnings.some((warning) => warning.includes(':3:22: gateway.metrics.listen: '))).toBe(warns)
})

test('what is allowed but probably not meant is a warning with its place', async () => {
  const { warnings } = await load(`${minimal.replace('verify-full', 'require')}  spare: {}\n`)
  expect(warnings.map((warning) => warning.replace(/^.*hoop\.yaml:/, ''))).toEqual([
    '24:3: policies.spare: no connection uses this policy',
    '15:3: policies.research.predicates: guesses at masked values are not bounded; predicates: { guesses: 100/day } bounds them',
    '9:10: connections.vectordb.url: sslmode=require does not check who the database is; verify-full does',
  ])
})

const withRole = (role: string) => minimal.replace('    access:\n', `    role: ${role}\n    access:\n`)

test.for([
  [
    '{ default: app, groups: { dpo: full, "20": one, "10": two } }',
    ['"20"', '"10"'],
    'a group whose name has more than digits',
  ],
  ['{ default: "a\\0b" }', ['role.default'], 'without control characters'],
  ['{ default: app, groups: { dpo: "a\\nb" } }', ['role.groups.dpo'], 'without control characters'],
] as const)('a role of %s is refused', async ([role, where, why]) => {
  const [, ...lines] = await problems(withRole(role))
  expect(lines).toHaveLength(where.length)
  for (const [n, line] of lines.entries()) {
    expect(line).toMatch(/^11:\d+: connections\.vectordb\.role/)
    expect(line).toContain(where[n])
    expect(line).toContain(why)
  }
})

test('one group may be called by a number, since nothing comes before or after it', async () => {
  const { config } = await load(withRole('{ default: app, groups: { "20": one } }'))
  expect(config.connections['vectordb']!.role).toEqual({ default: 'app', groups: { '20': 'one' } })
})

test.for([
  'hunter2-and-thirty-two-characters',
  '{ file: [hunter2] }',
  '{ env: hunter2 }',
  '{ exec: hunter2 }',
  '[hunter2]',
])('a token of the directory that stands in the file as %s is not repeated', async (token) => {
  const given = token.replace('env: hunter2', 'env: "hunter2-"')
  const lines = await problems(minimal.replace('identity:\n', `identity:\n  scim: { token: ${given} }\n`))
  expect(lines.length).toBeGreaterThan(1)
  expect(lines.join('\n')).not.toContain('hunter2')
})

test.for([
  ['a connection’s password', minimal.replace('env:VECTORDB_PASSWORD', 'swordfish')],
  ['its client certificate', minimal.replace('password: env:VECTORDB_PASSWORD', 'client_certificate: swordfish')],
  [
    'an entry’s password',
    minimal.replace('policy: research\n', 'policy: research\n        login: { user: a, password: swordfish }\n'),
  ],
  [
    'a program’s argument',
    minimal.replace('env:VECTORDB_PASSWORD', '{ exec: [swordfish], variables: ["swordfish!"] }'),
  ],
  [
    'the web client’s secret',
    minimal.replace('client_id: hoop-cli', 'client_id: hoop-cli\n  web: { client_id: w, client_secret: swordfish }'),
  ],
  [
    'the directory’s token',
    minimal.replace('client_id: hoop-cli', 'client_id: hoop-cli\n  scim: { token: swordfish }'),
  ],
  [
    'a webhook’s key',
    minimal.replace('key.pem }', 'key.pem }\n  webhooks: [{ url: "https://a.example", secret: swordfish }]'),
  ],
])('%s that stands in the file by mistake is quoted by no problem', async ([, text]) => {
  const found = (await problems(text!)).join('\n')
  expect(found).toMatch(/^CONFIG_INVALID .*\n\d+:\d+: /)
  expect(found).not.toContain('swordfish')
})
