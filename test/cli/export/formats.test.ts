import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { formats } from '../../../src/cli/export/format.js'
import { newFile } from '../../../src/cli/export/new-file.js'
import type { SessionEvent } from '../../../src/lib/api/session-events.js'
import { result, start, statement } from '../../recording/sample.js'

async function* events(list: readonly SessionEvent[]): AsyncGenerator<SessionEvent> {
  yield* list
}

const written = async (format: keyof typeof formats, list: readonly SessionEvent[], statement?: string) => {
  const notes: string[] = []
  let text = ''
  for await (const piece of formats[format](events(list), { statement, note: (note) => void notes.push(note) }))
    text += piece
  return { text, notes }
}

const end: SessionEvent = {
  type: 'end',
  at: 9000,
  time: '2026-11-20T09:30:10.000Z',
  end: 'closed',
  counters: { statements: 3 },
}

const people = result(2, {
  columns: [
    { name: 'id', type: 23 },
    { name: 'e,mail', type: 25, table: 'public.customers', mask: 'email' },
  ],
  rowsSeen: [
    ['1', 'a "b"'],
    ['2', null],
    ['', { hex: '00ff' }],
    ['4', { cut: 'begin', bytes: 9000 }],
  ],
  rows: 10,
  masked: 4,
})

const session: readonly SessionEvent[] = [
  start,
  statement(1, 'BEGIN'),
  result(1, { tag: 'BEGIN', transaction: 'T' }),
  statement(2, 'SELECT id, email AS "e,mail" FROM customers'),
  people,
  {
    type: 'refusal',
    at: 3000,
    n: 3,
    text: 'DROP TABLE x',
    code: 'STATEMENT_BLOCKED',
    sqlstate: '42501',
    message: 'no',
    rule: 'r',
  },
  end,
]

test('CSV is one result, NULL told from empty, with what is missing said beside it', async () => {
  const { text, notes } = await written('csv', session)
  expect(text).toBe('id,"e,mail"\n1,"a ""b"""\n2,\n"",\\x00ff\n4,begin\n')
  expect(notes).toEqual([
    'The recording holds 4 of 10 rows.',
    '1 value is shorter than what the client saw.',
    'Masked: e,mail (email).',
  ])
  expect((await written('csv', session, '2')).text).toBe(text)
})

test.for([
  [undefined, 'the session has several results'],
  ['2', 'statement 2 has 2 results'],
  ['2.3', 'statement 2 has 2 results'],
  ['1', 'statement 1 has no result with rows'],
  ['x', '--statement x: write 12 or 12.2'],
] as const)('which result is meant has to be clear: %s', async ([which, why]) => {
  await expect(written('csv', [...session.slice(0, 5), people, end], which)).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining(why) as string,
  })
  expect((await written('csv', [...session.slice(0, 5), people, end], '2.2')).text).toContain('id,')
})

test('JSONL is each event as it was', async () => {
  const { text } = await written('jsonl', session)
  expect(
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual(session)
})

test('asciicast has version 3, times since the line before, and a marker for each statement', async () => {
  const { text } = await written('asciicast', session)
  const [header, ...lines] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  expect(header).toMatchObject({
    ...{ version: 3, term: { cols: 120, rows: 36 }, idle_time_limit: 2 },
    timestamp: Math.floor(Date.parse(start.time) / 1000),
  })
  const cast = lines as [number, string, string][]
  expect(cast.every(([since, kind]) => since >= 0 && 'om'.includes(kind))).toBe(true)
  expect(cast.reduce((sum, [since]) => sum + since, 0)).toBeCloseTo(9, 3)
  expect(cast.filter(([, kind]) => kind === 'm').map(([, , label]) => label)).toEqual([
    '#1 BEGIN',
    '#2 SELECT id, email AS "e,mail" FROM customers',
    '#3 refused: DROP TABLE x',
  ])
  const shown = cast
    .filter(([, kind]) => kind === 'o')
    .map(([, , data]) => data)
    .join('')
  expect(shown).toContain('REFUSED')
  expect(shown.replaceAll('\r\n', '')).not.toContain('\n')
})

test('HTML holds no markup of what was recorded, no script, and fetches nothing', async () => {
  const hostile = `</code><script>alert(1)</script><img src=x onerror=1>"'&\u202e\u001b[2J`
  const { text } = await written('html', [
    { ...start, name: hostile, reason: hostile, subject: hostile },
    statement(1, hostile, { parameters: [hostile, { hex: 'ff' }], statementName: hostile }),
    result(1, {
      tag: hostile,
      columns: [{ name: hostile, type: 25, table: hostile, mask: hostile }],
      rowsSeen: [[hostile], [null]],
      rows: 2,
      message: hostile,
      sqlstate: hostile,
    }),
    { type: 'refusal', at: 1, n: 2, text: hostile, code: hostile, sqlstate: hostile, message: hostile, rule: hostile },
    {
      type: 'approval',
      at: 1,
      id: hostile,
      outcome: 'denied',
      rule: hostile,
      by: [{ subject: hostile, name: hostile }],
    },
    { type: 'notice', at: 1, kind: 'notice', message: hostile },
    { ...end, reason: hostile },
  ])
  expect(text).not.toMatch(/<(script|img)/i)
  expect(text).not.toMatch(/[\u202e\u001b]/)
  expect(text).toContain('&lt;script&gt;')
  expect(text).toContain(`default-src 'none'`)
  // Every attribute that there is was written by us.
  const attributes = [...text.matchAll(/<[a-z]\w*((?:\s+[a-z-]+="[^"<>]*")*)\s*>/g)]
  expect(text.match(/<[a-z]/g)).toHaveLength(attributes.length)
  const ours = new Set(['lang', 'charset', 'http-equiv', 'content', 'name', 'id', 'href', 'class', 'scope', 'title'])
  for (const [, list = ''] of attributes)
    for (const [, name = ''] of list.matchAll(/\s([a-z-]+)="[^"]*"/g)) expect(ours).toContain(name)
})

test('a file is new, its owner’s alone, and gone where it can’t be finished', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hoop-export-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'out.jsonl')
  const options = { note: () => undefined }
  const jsonl = (list: readonly SessionEvent[]) => formats.jsonl(events(list))
  await newFile(path, jsonl(session))
  expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(session.length + 1)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  await expect(newFile(path, jsonl([]))).rejects.toMatchObject({ code: 'USAGE' })
  const broken = join(folder, 'broken')
  await expect(newFile(broken, formats.csv(events([]), options))).rejects.toMatchObject({ code: 'USAGE' })
  await expect(stat(broken)).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(newFile(join(folder, 'no', 'such'), jsonl([]))).rejects.toMatchObject({
    code: 'USAGE',
  })
})
