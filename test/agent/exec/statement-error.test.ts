import { expect, test } from 'vitest'
import { excerptAt, StatementError } from '../../../src/agent/exec/statement-error.js'
import { catalogue, type ErrorCode, HoopError } from '../../../src/lib/errors.js'

test('the server’s error keeps SQLSTATE, position, detail and hint, and counts as a failed statement', () => {
  const fields = { S: 'ERROR', C: '42703', M: 'column "x" does not exist', H: 'Perhaps y.', D: 'more', P: '8' }
  const error = new StatementError(fields, 'select x')
  expect(error).toMatchObject({
    code: 'STATEMENT_FAILED',
    sqlstate: '42703',
    exit: 1,
    position: 8,
    detail: 'more',
    hint: 'Perhaps y.',
  })
  expect(error.message).toBe('column "x" does not exist')
})

test.for(Object.keys(catalogue) as ErrorCode[])('the gateway’s %s is known by its code alone', (code) => {
  const { sqlstate, exit } = new HoopError(code)
  const error = new StatementError({ C: sqlstate, M: 'whatever it says', R: `hoop/${code}` }, '')
  expect([error.code, error.exit, error.sqlstate, error.foreignCode]).toEqual([code, exit, sqlstate, undefined])
})

test.for([
  ['42501', 77],
  ['53400', 75],
  ['57P01', 77],
  ['58030', 74],
] as const)('a refusal with a code of a newer gateway’s is known by its SQLSTATE %s', ([sqlstate, exit]) => {
  const error = new StatementError({ C: sqlstate, M: 'hoop: something new', R: 'hoop/SOMETHING_NEW' }, '')
  expect([error.exit, error.foreignCode]).toEqual([exit, 'SOMETHING_NEW'])
})

test('words of hoop’s without its code are the server’s', () => {
  const error = new StatementError({ C: '42501', M: 'hoop: the policy forbids this statement: rule x' }, '')
  expect([error.code, error.exit]).toEqual(['STATEMENT_FAILED', 1])
})

test('the server’s error whose text is withheld is still the server’s', () => {
  const error = new StatementError({ C: '22012', M: 'hoop: the text of this error …', R: 'hoop/TEXT_WITHHELD' }, '')
  expect([error.code, error.exit, error.foreignCode]).toEqual(['STATEMENT_FAILED', 1, undefined])
})

test('PostgreSQL’s own lack of privileges is no refusal of ours', () => {
  expect(new StatementError({ C: '42501', M: 'permission denied for table t' }, '').exit).toBe(1)
})

test.for([
  ['select x', 8, 'LINE 1: select x\n               ^'],
  ['select 1;\nselect x\nfrom t', 18, 'LINE 2: select x\n               ^'],
  ['select \t x', 10, 'LINE 1: select   x\n                 ^'],
  ["select '🐘', x", 13, "LINE 1: select '🐘', x\n                     ^"],
] as const)('%j at %i', ([sql, position, excerpt]) => {
  expect(excerptAt(sql, position)).toBe(excerpt)
})

test('a long line is cut around the fault', () => {
  const sql = `select ${'1, '.repeat(200)} x, ${'2, '.repeat(200)}`
  const lines = excerptAt(sql, sql.indexOf('x') + 1).split('\n')
  expect(lines[0]!.length).toBeLessThan(140)
  expect([...lines[0]!][lines[1]!.indexOf('^')]).toBe('x')
})
