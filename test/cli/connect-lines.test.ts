import { expect, test } from 'vitest'
import { statementLine, waitingLines } from '../../src/cli/connect/activity-lines.js'
import { width } from '../../src/cli/text.js'
import { approval } from './approvals/approval.js'
import { recorded } from './recorded-statement.js'

test.for([
  [{ rows: 12, masked: 3, duration: 4.4 }, '12 rows, 3 masked, 4 ms  SELECT 1  1kz0m'],
  [{ rows: 1 }, '1 row  SELECT 1  1kz0m'],
  [{ verdict: 'refused', rule: 'no-drop' }, 'refused: rule no-drop  SELECT 1  1kz0m'],
  [{ verdict: 'refused', code: 'STATEMENT_UNPROVEN' }, 'refused: STATEMENT_UNPROVEN  SELECT 1  1kz0m'],
  [{ verdict: 'error', sqlstate: '42703' }, 'error 42703  SELECT 1  1kz0m'],
  [{ verdict: 'running' }, 'running  SELECT 1  1kz0m'],
  [{ text: 'SELECT\n  1 --\u001b[31m' }, '0 rows  SELECT 1 --\\u001b[31m  1kz0m'],
] as const)('%j', ([given, expected]) => {
  expect(statementLine(recorded(given), 120)).toMatch(/^\d\d:\d\d:\d\d {2}/)
  expect(statementLine(recorded(given), 120).slice(10)).toBe(expected)
})

test('a long statement is cut, and the session stays', () => {
  const line = statementLine(recorded({ text: `SELECT ${'x, '.repeat(100)}` }), 60)
  expect([width(line), line.endsWith('…  1kz0m')]).toEqual([60, true])
})

test('wide characters before the statement count as wide', () => {
  const wide = { verdict: 'refused', rule: '禁止禁止禁止', text: `SELECT ${'x, '.repeat(100)}` } as const
  expect(width(statementLine(recorded(wide), 70))).toBe(70)
})

test('what waits says who may decide, how long, and how', () => {
  const now = Date.now()
  const one = approval('1kz0a', { groups: ['dba'], expiresAt: new Date(now + 540_000).toISOString() })
  const [first, ...more] = waitingLines(one, now)
  expect(first).toBe('WAITING FOR APPROVAL 1kz0a: 1 of dba may decide, 9 min left')
  expect(more.join('\n')).toContain('hoop approvals show 1kz0a')
})
