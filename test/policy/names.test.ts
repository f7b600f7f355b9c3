import { expect, test } from 'vitest'
import { means } from '../../src/policy/names.js'

test.for<[rule: string, found: string, match: boolean]>([
  ['documents', 'public.documents', true],
  ['documents', 'archive.documents', true],
  ['documents', 'documents', true],
  ['documents', 'public.document', false],
  ['public.documents', 'public.documents', true],
  ['public.documents', 'archive.documents', false],
  ['public.documents', 'documents', true],
  ['public.*', 'public.documents', true],
  ['public.*', 'archive.documents', false],
  ['public.*', 'documents', true],
])('a rule for %s and a use of %s: %s', ([rule, found, match]) => {
  expect(means(rule, found)).toBe(match)
})
