import { expect, test } from 'vitest'
import { databasesOf, policyFor, seesClear } from '../../src/policy/access.js'
import { load, minimal } from './config/files.js'

const dana = { subject: 'u1', email: 'dana@example.com', groups: ['contractors'] }

const connectionOf = async (text: string) => {
  const { config } = await load(text)
  const { connections, policies } = config
  return { connection: connections['vectordb']!, policy: policies['research']! }
}

test('the first access entry that fits a person holds, by group, subject or e-mail, and nobody else gets in', async () => {
  const entries = `      - { people: [u2, erin@example.com], policy: open }\n      - { groups: [contractors], policy: open }\n`
  const { connection } = await connectionOf(`${minimal.replace('policies:', `${entries}policies:\n  open: {}`)}`)
  expect(policyFor(connection, dana)).toBe('research')
  expect(policyFor(connection, { ...dana, groups: [], subject: 'u2' })).toBe('open')
  expect(policyFor(connection, { ...dana, groups: [], email: 'erin@example.com' })).toBe('open')
  expect(policyFor(connection, { ...dana, groups: [] })).toBeUndefined()
  expect(policyFor(connection, { subject: 'u3', groups: [] })).toBeUndefined()
})

test('clear values are for the groups that the policy names', async () => {
  const { policy } = await connectionOf(minimal)
  expect(seesClear(policy, dana)).toBe(false)
  expect(seesClear(policy, { ...dana, groups: ['x', 'dpo'] })).toBe(true)
})

test('the database of the URL is what a defaulted name means', async () => {
  const text = minimal.replace('    access:', '    databases: [other, vectors]\n    access:')
  expect(databasesOf((await connectionOf(text)).connection)).toEqual(['vectors', 'other'])
  expect(databasesOf((await connectionOf(text.replace('/vectors?', '?'))).connection)).toEqual(['other', 'vectors'])
})
