import { expect, test } from 'vitest'
import { bindingOf, type Bound, statementHash } from '../../../src/gateway/approvals/binding.js'
import type { HeldStatement } from '../../../src/gateway/relay/machine/suspension/suspension.js'

const bound: Bound = { subject: 'ada', connection: 'vectordb', database: 'vectors', policyHash: 'ab', user: 'app' }
const rule = { name: 'ask', approvers: { groups: ['dba'], count: 1 }, expires: 60_000 }
const statement: HeldStatement = {
  ...{ text: 'execute p', named: ['delete from a'], searchPath: 'x' },
  ...{ parameters: [], parameterFormats: [], rule, facts: [] },
}
const { searchPath: _, ...usual } = statement

test('no other user, role, path or named text has the same binding, nor one text that looks like several', () => {
  const variants: readonly (readonly [Partial<Bound>, HeldStatement])[] = [
    [{}, statement],
    [{ user: 'other' }, statement],
    [{ role: 'reader' }, statement],
    [{ role: '' }, statement],
    [{}, usual],
    [{}, { ...statement, searchPath: '' }],
    [{}, { ...statement, named: [] }],
    [{}, { ...statement, named: ['delete from a', 'x'] }],
    [{}, { ...usual, named: ['delete from a', 'x'] }],
    [{}, { ...usual, named: [], text: 'execute p\n-- by that name:\ndelete from a\n-- search_path: x' }],
    [{}, { ...statement, named: ['delete from a\n-- search_path: x'] }],
  ]
  const once = new Set(variants.map(([more, one]) => bindingOf({ ...bound, ...more }, one)))
  expect(once.size).toBe(variants.length)
  const meanings = variants.map(([more, { text, named, searchPath }]) =>
    statementHash(text, { user: 'app', ...more, named, ...(searchPath !== undefined && { searchPath }) }),
  )
  expect(new Set(meanings).size).toBe(variants.length)
})
