import { expect, test } from 'vitest'
import { HoopError } from '../../../src/lib/errors.js'
import { concernIn, refusalBy, UpstreamRefusal } from '../../../src/gateway/upstream/server-words.js'

const forClients = (C: string, M: string, user = 'app') => {
  const error = refusalBy({ S: 'FATAL', V: 'FATAL', C, M }, user)
  return error instanceof UpstreamRefusal ? error.fields['M'] : (error as HoopError).code
}

test.for([
  ['53300', 'sorry, too many clients already', 'sorry, too many clients already'],
  ['53300', 'too many connections for role "app"', 'too many connections for role of the gateway'],
  ['53300', 'zu viele Verbindungen von Rolle »app«', 'zu viele Verbindungen von Rolle of the gateway'],
  ['53300', 'trop de connexions pour le rôle « app »', 'trop de connexions pour le rôle of the gateway'],
  ['3D000', 'database "applications" does not exist', 'database "applications" does not exist'],
  ['08P01', 'unsupported startup parameter: search_path', 'unsupported startup parameter: search_path'],
  ['28P01', 'password authentication failed for user "app"', 'UPSTREAM_LOGIN'],
  ['28000', 'no pg_hba.conf entry for host "10.0.0.7", user "app", database "x"', 'UPSTREAM_LOGIN'],
  // As PgBouncer says it.
  ['08P01', 'no such user: app', 'UPSTREAM_LOGIN'],
  ['08P01', 'server login failed: FATAL password authentication failed for user "app"', 'UPSTREAM_LOGIN'],
] as const)('%s %s: the client hears %s', ([sqlstate, message, heard]) => {
  expect(forClients(sqlstate, message)).toBe(heard)
})

test('a user’s name is taken as it is written, not as a pattern', () => {
  expect(forClients('53300', 'too many connections for role "a.b"', 'a.b')).not.toContain('a.b')
  expect(forClients('53300', 'too many connections for role "axb"', 'a.b')).toContain('"axb"')
})

test('the name is taken out of every field', () => {
  const refused = refusalBy({ C: '53300', M: 'no', D: 'Role "app" has 1.', H: 'Ask "app".', W: 'for user app' }, 'app')
  expect(JSON.stringify((refused as UpstreamRefusal).fields)).not.toContain('app')
})

test.for([
  ['role password will expire soon', 'The password for role "app" will expire in 3 days.', true],
  ['welcome', 'You are "app" here.', true],
  ['database "vectors" has a collation version mismatch', '', false],
] as const)('a notice at the login: %s', ([M, D, isOperators]) => {
  expect(concernIn({ S: 'WARNING', M, D }, 'app') !== undefined).toBe(isOperators)
})
