import { styleText } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { plain, width } from '../../../src/cli/text.js'
import type { EndEvent, RefusalEvent, SessionEvent } from '../../../src/lib/api/session-events.js'
import type { Screen } from '../../../src/cli/replay/screen.js'
import { Transcript } from '../../../src/cli/replay/transcript.js'
import { result, start, statement } from '../../recording/sample.js'

beforeAll(() => {
  process.env.TZ = 'UTC'
})

const screen: Screen = { plain, width, paint: (_, text) => text }
const colored: Screen = { plain, width, paint: (style, text) => styleText(style, text, { validateStream: false }) }

const transcript = (events: readonly SessionEvent[], rows = 20, on = screen): string => {
  const writer = new Transcript(on, { rows })
  return events.map((event) => writer.write(event)).join('')
}

const refusal: RefusalEvent = {
  type: 'refusal',
  at: 61_000,
  n: 2,
  text: 'DROP TABLE documents',
  code: 'STATEMENT_BLOCKED',
  sqlstate: '42501',
  message: 'the policy forbids this statement: rule no-drop',
  rule: 'no-drop',
}

const end: EndEvent = {
  type: 'end',
  at: 65_000,
  time: '2026-11-20T09:31:05.000Z',
  end: 'killed',
  reason: 'access revoked by ines@example.com',
  counters: { statements: 1234, rows: 3 },
}

test('the first line says as whom of the database, and in which role, as far as the recording does', () => {
  const server = { ...start.server, user: 'app' }
  const first = (of: typeof start.server) => transcript([{ ...start, server: of }]).split('\n')[0]
  expect(first({ ...server, role: 'analyst\u001b[31m' })).toMatch(
    /, database vectors as app in the role analyst\S*\[31m$/,
  )
  expect(first({ ...server, role: 'analyst\u001b[31m' })).not.toContain('\u001b')
  expect(first(server)).toMatch(/, database vectors as app$/)
  expect(first(start.server)).toMatch(/, database vectors$/)
})

test('a session reads like psql, with what hoop did in plain words', () => {
  const events: SessionEvent[] = [
    start,
    statement(1, 'SELECT id, email\nFROM customers WHERE tier = $1', {
      via: 'extended',
      statementName: 'S_1',
      parameters: ['gold', null, { hex: '0001' }],
    }),
    result(1, {
      tag: 'SELECT 95',
      columns: [
        { name: 'id', type: 23 },
        { name: 'email', type: 25, table: 'public.customers', mask: 'email' },
      ],
      rowsSeen: [
        ['7', 'a***@example.com'],
        ['1001', null],
      ],
      rows: 95,
      bytes: 4096,
      masked: 94,
      duration: 12.345,
      transaction: 'I',
    }),
    refusal,
    statement(3, 'SELEC'),
    result(3, { tag: 'error', rows: 0, sqlstate: '42601', message: 'syntax error at or near "SELEC"', duration: 0.25 }),
    { type: 'notice', at: 62_000, kind: 'notice', message: 'table "x" does not exist, skipping' },
    { type: 'cancel', at: 63_000 },
    end,
  ]
  expect(transcript(events)).toMatchInlineSnapshot(`
    "-- Session ses_01: ada@example.com (auth0|ada) on vectordb, database vectors
    -- from psql at 192.0.2.7 as ada; policy research; began 2026-11-20 09:30:00
    -- reason: ticket 42

    -- #1  09:30:01  extended, statement S_1
    vectors=> SELECT id, email
    vectors-> FROM customers WHERE tier = $1
      $1 = 'gold'
      $2 = NULL
      $3 = \\x0001
     id   | email [masked: email]
    ------+-----------------------
        7 | a***@example.com
     1001 | NULL
    … 93 more rows
    SELECT 95  (95 rows, 4.0 kB, 94 values masked, 12.3 ms)

    -- #2  09:31:01  refused, never sent
    vectors=> DROP TABLE documents
    REFUSED  42501: the policy forbids this statement: rule no-drop (STATEMENT_BLOCKED, rule no-drop)

    -- #3  09:30:03
    vectors=> SELEC
    ERROR  42601: syntax error at or near "SELEC"  (0.250 ms)
    NOTICE  table "x" does not exist, skipping
    ^C  cancel requested at 09:31:03

    -- Session killed at 09:31:05: access revoked by ines@example.com
    -- statements 1,234, rows 3
    "
  `)
})

test('the prompt is that of when a statement was sent, whatever the results say that came before', () => {
  const prompts = transcript([
    start,
    statement(1, 'BEGIN', { transaction: 'I' }),
    result(1, { tag: 'BEGIN', rows: 0, transaction: 'I' }),
    statement(2, 'nonsense', { transaction: 'T' }),
    result(2, { tag: 'error', rows: 0, sqlstate: '42601', transaction: 'T' }),
    statement(3, 'ROLLBACK', { transaction: 'E' }),
    result(3, { tag: 'ROLLBACK', rows: 0, transaction: 'E' }),
    statement(4, 'SELECT 1', { transaction: 'I' }),
  ]).match(/vectors=.*/g)
  expect(prompts).toEqual(['vectors=> BEGIN', 'vectors=*> nonsense', 'vectors=!> ROLLBACK', 'vectors=> SELECT 1'])
})

test('a multi-line statement in an open or failed transaction has the prompt that psql would show', () => {
  const events = [
    start,
    statement(1, 'BEGIN'),
    result(1, { tag: 'BEGIN', rows: 0, transaction: 'T', duration: 1 }),
    statement(2, 'SELECT 1,\n\t2'),
    result(2, {
      tag: 'error',
      rows: 0,
      sqlstate: '22012',
      message: 'division by zero',
      transaction: 'E',
      duration: 1500,
    }),
    statement(3, 'ROLLBACK'),
  ]
  expect(transcript(events)).toMatchInlineSnapshot(`
    "-- Session ses_01: ada@example.com (auth0|ada) on vectordb, database vectors
    -- from psql at 192.0.2.7 as ada; policy research; began 2026-11-20 09:30:00
    -- reason: ticket 42

    -- #1  09:30:01
    vectors=> BEGIN
    BEGIN  (1.0 ms)

    -- #2  09:30:02
    vectors=*> SELECT 1,
    vectors-*> 	2
    ERROR  22012: division by zero  (1.500 s)

    -- #3  09:30:03
    vectors=!> ROLLBACK
    "
  `)
})

test('results of a pipeline name the statement that they belong to', () => {
  const events = [statement(1), statement(2), result(1), result(2)]
  const lines = transcript(events).split('\n')
  expect(lines.filter((line) => line.includes('SELECT 1 '))).toEqual([
    '#1: SELECT 1  (1 row, 20 bytes, 5.0 ms)',
    'SELECT 1  (1 row, 20 bytes, 5.0 ms)',
  ])
})

test('COPY shows the beginning of the stream as the client saw it', () => {
  const text = Buffer.from('1\ta***@example.com\n2\t\\N\n3\tx\n')
  const shown = (more: object): string => transcript([result(1, { tag: 'COPY 3', rows: 3, duration: 1, ...more })], 2)
  expect(shown({ copySeen: text.toString('base64'), bytes: text.length })).toMatchInlineSnapshot(`
    "1\\ta***@example.com
    2\\t\\N
    … 4 bytes more
    #1: COPY 3  (3 rows, 28 bytes, 1.0 ms)
    "
  `)
  const binary = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
  expect(shown({ copySeen: binary.toString('base64'), bytes: 5000 })).toMatchInlineSnapshot(`
    "\\x5047434f50590aff0d0a00
    … 4.8 kB more
    #1: COPY 3  (3 rows, 4.9 kB, 1.0 ms)
    "
  `)
})

test('values that the person saw clear are said to have been, and stay masked', () => {
  expect(transcript([result(1, { masked: 2, seenClear: true })])).toContain(
    '2 values masked, the person saw them clear; they are masked here',
  )
})

test('what really ran is shown where it differs', () => {
  expect(transcript([result(1, { ran: 'SELECT 2' })])).toContain('the server ran: SELECT 2')
})

test('long statements, cells and parameters are cut, and say how long they were', () => {
  const text = `SELECT '${'x'.repeat(20_000)}'`
  const shown = transcript([
    statement(1, text, { parameters: ['p'.repeat(500), { cut: 'begin', bytes: 5_000_000 }] }),
    statement(2, 'SELECT begin', { textBytes: 300_000 }),
    result(2, {
      columns: [{ name: 'c'.repeat(100), type: 25 }],
      rowsSeen: [['漢'.repeat(500)], [{ hex: 'ab'.repeat(500) }]],
    }),
  ])
  expect(shown).toContain('… 19.5 kB in all, 9.8 kB shown')
  expect(shown).toContain(`$1 = '${'p'.repeat(59)}…'`)
  expect(shown).toContain('$2 = begin (4.8 MB)')
  expect(shown).toContain('… 293 kB in all, 12 bytes shown')
  const widest = shown
    .split('\n')
    .filter((line) => !line.includes('SELECT'))
    .map(width)
  expect(Math.max(...widest)).toBeLessThan(80)
})

test('wide characters keep the columns in line', () => {
  const shown = transcript([
    result(1, {
      columns: [
        { name: 'a', type: 25 },
        { name: 'b', type: 25 },
      ],
      rowsSeen: [
        ['漢字', 'x'],
        ['🐘', 'y'],
        ['abc', 'z'],
      ],
      rows: 3,
    }),
  ])
  const table = shown.split('\n').slice(2, 5)
  expect(new Set(table.map((line) => width(line.slice(0, line.indexOf('|')))))).toEqual(new Set([6]))
})

const hostile = '\u001b]0;owned\u0007\u001b[2J\u009b31m\r\b\u202e\u2066\u0000\u007f'
const seen = (text: string): boolean => /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(text)

test('nothing that was recorded reaches the terminal as a control character', () => {
  const everywhere = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
      typeof inner === 'string' && !['type', 'time', 'kind', 'via', 'transaction', 'copySeen'].includes(key)
        ? inner + hostile
        : inner,
    ) as T
  const events: SessionEvent[] = [
    start,
    statement(1, 'SELECT 1', {
      via: 'extended',
      statementName: 'S',
      portal: 'p',
      parameters: ['x', { cut: 'y', bytes: 9 }, { hex: 'z' }],
    }),
    result(1, {
      columns: [{ name: 'a', type: 25, mask: 'email' }],
      rowsSeen: [['cell'], [{ hex: 'aa' }], [{ cut: 'c', bytes: 7 }]],
      copySeen: Buffer.from(`copied${hostile}`).toString('base64'),
      ran: 'SELECT 2',
    }),
    result(1, { tag: 'error', sqlstate: '42P01', message: 'bad' }),
    refusal,
    { type: 'notice', at: 1, kind: 'notification', message: 'hello' },
    end,
  ].map((event) => everywhere(event) as SessionEvent)
  expect(seen(hostile)).toBe(true)
  const shown = transcript(events)
  expect(seen(shown)).toBe(false)
  expect(shown.match(/owned/g)?.length).toBeGreaterThan(20)
  // With colors, the only escape sequences are those of the colors.
  expect(seen(transcript(events, 20, colored).replaceAll(/\u001b\[\d+m/g, ''))).toBe(false)
})

test('a line break in a value cannot forge a line of the transcript', () => {
  const forged = 'x\n-- #9  09:30:00\nvectors=> SELECT forged'
  const shown = transcript([
    start,
    statement(1, 'SELECT $1', { parameters: [forged] }),
    result(1, { columns: [{ name: forged, type: 25 }], rowsSeen: [[forged]] }),
    { type: 'notice', at: 1, kind: 'notice', message: forged },
  ])
  expect(shown).not.toMatch(/^vectors=> SELECT forged/m)
  // In a statement's text each line stands behind its own prompt.
  expect(transcript([start, statement(1, forged)])).toMatch(/^vectors-> vectors=> SELECT forged/m)
})
