import { expect, test } from 'vitest'
import { anyTargetOf, loginKey, loginsOf } from '../../../src/gateway/upstream/login/logins.js'
import { targetOf } from '../../../src/gateway/upstream/target.js'
import { environment, load, minimal, problems } from './files.js'

const withLogin = (login: string, more = '') =>
  minimal.replace('        policy: research\n', `        policy: research\n        login: ${login}\n${more}`)

test.for([
  ['{ user: other }', /password, client_certificate or both/],
  ['{ password: env:OTHER }', /user/],
  ['{ user: "", password: env:OTHER }', /the name of a role in the database/],
  [`{ user: ${'x'.repeat(64)}, password: env:OTHER }`, /the name of a role in the database/],
  ['{ user: "a\\u0000b", password: env:OTHER }', /the name of a role in the database/],
  ['{ user: other, password: swordfish }', /env:NAME, file:PATH or \{ exec/],
  ['{ user: other, password: env:OTHER, sslcert: x.pem }', /sslcert: found an unknown key/],
] as const)('a login of its own that is no good is named: %s', async ([login, words]) => {
  const found = (await problems(withLogin(login))).join('\n')
  expect(found).toMatch(words)
  expect(found).not.toContain('swordfish')
})

test('a secret of it that is missing is missing at its line, and an equal user is no wall', async () => {
  const loaded = await load(withLogin('{ user: app, password: env:OTHER }'))
  expect(await loaded.missing()).toEqual([
    expect.stringMatching(/hoop\.yaml:\d+:\d+: environment variable OTHER is not set$/) as string,
  ])
  expect(loaded.secrets).toBe(2)
  expect(loaded.warnings.join('\n')).toMatch(/app is the user of the url/)
  const other = await load(withLogin('{ user: other, password: env:OTHER }'))
  expect(other.warnings.join('\n')).not.toMatch(/user of the url/)
})

test('it takes the place of the connection’s login with all that belongs to that, and of nothing else', async () => {
  const text = withLogin(
    '{ user: other, client_certificate: { file: other.pem } }',
    '      - { groups: [dpo], policy: research }\n',
  )
  const loaded = await load(text.replace('verify-full', 'verify-full&sslcert=own.pem&sslkey=own.key&connect_timeout=7'))
  const [own, login] = loginsOf(loaded, 'vectordb')
  expect([own, login?.user]).toEqual([undefined, 'other'])
  const target = targetOf(loaded, 'vectordb', login)
  const { host, port, user, sslmode, connectTimeout } = target
  expect({ host, port, user, sslmode, connectTimeout }).toEqual({
    ...{ host: 'db.internal', port: 5432, user: 'other', sslmode: 'verify-full', connectTimeout: 7000 },
  })
  expect(await target.password()).toBeUndefined()
  // The file of the entry is read, with a path from the folder of hoop.yaml, and not the connection's.
  await expect(target.clientCertificate?.()).rejects.toThrow(/\/other\.pem cannot be read/)
  expect(await targetOf(loaded, 'vectordb').password()).toBe(environment.VECTORDB_PASSWORD)
  await expect(targetOf(loaded, 'vectordb').clientCertificate?.()).rejects.toThrow(/own\.key/)
})

test('each login is there once, and the connection’s own only where somebody goes by it', async () => {
  const other = '{ user: other, password: env:OTHER }'
  const one = await load(withLogin(other))
  expect(loginsOf(one, 'vectordb').map((login) => login?.user)).toEqual(['other'])
  expect(anyTargetOf(one, 'vectordb').user).toBe('other')
  const entry = (login: string) => `      - { groups: [a], policy: research, login: ${login} }\n`
  const many = await load(
    withLogin(
      other,
      entry(other) + entry('{ user: third, password: env:OTHER }') + '      - { groups: [b], policy: research }\n',
    ),
  )
  const logins = loginsOf(many, 'vectordb')
  expect(logins.map((login) => login?.user)).toEqual([undefined, 'other', 'third'])
  expect(new Set(logins.map(loginKey)).size).toBe(3)
  expect(loginKey(undefined)).toBe('')
  expect(
    loginsOf(
      await load(minimal.replace(/ {6}- groups[^]*?policy: research\n/, '').replace('access:', 'access: []')),
      'vectordb',
    ),
  ).toEqual([undefined])
})
