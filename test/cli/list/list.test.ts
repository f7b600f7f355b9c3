import { expect, test } from 'vitest'
import { type Column, list } from '../../../src/cli/list/list.js'
import { shortIds } from '../../../src/cli/list/short-ids.js'
import { momentText } from '../../../src/cli/moment.js'
import { width, wrapWords } from '../../../src/cli/text.js'

interface Thing {
  readonly id: string
  readonly person: string
  readonly rows: number
  readonly reason: string
}

const columns: readonly Column<Thing>[] = [
  { heading: 'id', of: ({ id }) => id },
  { heading: 'person', goes: 2, of: ({ person }) => person },
  { heading: 'rows', goes: 1, of: ({ rows }) => rows },
  { heading: 'reason', wraps: true, of: ({ reason }) => reason },
]
const things: readonly Thing[] = [
  { id: '1kz0m', person: 'ada@example.com', rows: 12, reason: 'the laptop was stolen on the train to the conference' },
  { id: '1kz0n', person: 'mika', rows: 4711, reason: '' },
]

test('with room for everything, one line each', () => {
  expect(list(columns, things, {})).toBe(
    [
      'ID     PERSON           ROWS  REASON',
      '1kz0m  ada@example.com  12    the laptop was stolen on the train to the conference',
      '1kz0n  mika             4711  -',
    ].join('\n'),
  )
})

test('to be read out, each thing has lines that begin with what they say', () => {
  expect(list(columns, things, { records: true })).toBe(
    [
      'id: 1kz0m',
      'person: ada@example.com',
      'rows: 12',
      'reason: the laptop was stolen on the train to the conference',
      '',
      'id: 1kz0n',
      'person: mika',
      'rows: 4711',
    ].join('\n'),
  )
})

test('the last column is wrapped between words, in its place', () => {
  expect(list(columns, things, { columns: 64, header: false })).toBe(
    [
      '1kz0m  ada@example.com  12    the laptop was stolen on the train',
      '                              to the conference',
      '1kz0n  mika             4711  -',
    ].join('\n'),
  )
})

test('what matters less goes first', () => {
  expect(list(columns, things, { columns: 40 }).split('\n')[0]).toBe('ID     ROWS  REASON')
  expect(list(columns, things, { columns: 34 }).split('\n')[0]).toBe('ID     REASON')
})

test('without room for a line, each thing has lines of its own', () => {
  expect(list(columns, things, { columns: 20 })).toBe(
    [
      'id: 1kz0m',
      ...['person:', 'ada@example.com', 'rows: 12'],
      ...['reason: the laptop', 'was stolen on the', 'train to the', 'conference', ''],
      ...['id: 1kz0n', 'person: mika', 'rows: 4711'],
    ].join('\n'),
  )
})

test.for([20, 30, 40, 60, 80, 120])('nothing is wider than %i columns, and no word of what matters is lost', (room) => {
  const text = list(columns, things, { columns: room })
  expect(Math.max(...text.split('\n').map(width))).toBeLessThanOrEqual(room)
  expect(text.replaceAll(/\s+/g, ' ')).toMatch(/the laptop.* conference|the .*laptop/)
  for (const word of things[0]!.reason.split(' ')) expect(text).toContain(word)
})

test('cells can’t steer the terminal', () => {
  const evil = [{ id: 'a', person: '\u001b[31mred', rows: 0, reason: 'x\ny' }]
  expect(list(columns, evil, { columns: 80 }).split('\n')[1]).toBe('a   \\u001b[31mred  0     x\\ny')
})

test('ids are cut to what tells them apart, and to ten characters at least', () => {
  expect(['0123456789abcdef', '9123456789abcdef'].map(shortIds(['0123456789abcdef', '9123456789abcdef']))).toEqual([
    '0123456789',
    '9123456789',
  ])
  const close = ['0123456789abcdef', '0123456789abxxxx']
  expect(close.map(shortIds(close))).toEqual(['0123456789abc', '0123456789abx'])
})

test('wide characters, and words longer than a line', () => {
  expect(wrapWords('日本 日本語日本語 x', 6)).toEqual(['日本', '日本語', '日本語', 'x'])
})

test('times name their zone', () => {
  expect(momentText('2026-11-30T21:43:05.123Z')).toMatch(/^2026-(11-30|12-01) \d\d:\d\d:05(Z|[+-]\d\d(:\d\d)?)$/)
  expect(momentText('soon')).toBe('soon')
})
