import { expect, test } from 'vitest'
import { askedBy } from '../../../src/gateway/access/entry-key.js'
import { contentHash } from '../../../src/policy/config/canonical.js'

const entry = { groups: ['oncall'], policy: 'incident' }
const login = { user: 'app', password: { env: 'APP' } }

test('an access is for the user of the database that it was asked for; where its secret lies makes no difference', () => {
  // As it is kept of accesses from before entries had logins.
  expect(askedBy(entry)).toBe(contentHash(entry))
  expect(askedBy({ ...entry, login })).not.toBe(askedBy(entry))
  expect(askedBy({ ...entry, login: { ...login, user: 'other' } })).not.toBe(askedBy({ ...entry, login }))
  expect(askedBy({ ...entry, login: { ...login, password: { file: '/app' } } })).toBe(askedBy({ ...entry, login }))
})
