import { expect, test } from 'vitest'
import { exposureCsv } from '../../../src/cli/audit/exposure-csv.js'
import { exposureHtml } from '../../../src/cli/audit/exposure-html.js'
import { exposureText } from '../../../src/cli/audit/exposure-text.js'
import { statementTable } from '../../../src/cli/audit/statement-table.js'
import { width } from '../../../src/cli/text.js'
import type { Exposure, RecordedStatement } from '../../../src/lib/api/statements.js'

const left = (rows: number, vectors = 0) => ({
  ...{ statements: 12, rows, bytes: rows * 37, vectors },
  ...{ first: '2026-11-23T10:00:00.000Z', last: '2026-11-29T16:20:11.000Z' },
})

const statement: RecordedStatement = {
  ...{ session: '1m82qrt0jdpvgft0', n: 3, at: '2026-11-24T10:00:00.000Z', subject: 'casey', name: 'casey@example.com' },
  ...{ connection: 'vectordb', text: 'SELECT "<b>",\n\u001b[2J embedding FROM documents', kinds: ['select'] },
  ...{ reads: ['public.documents'], writes: [], rows: 1000, bytes: 4e6, vectors: 1000, masked: 0, seenClear: false },
  columns: [{ name: 'embedding', from: ['public.documents.embedding'] }],
  verdict: 'ran',
}

const columns = [
  { column: 'public.documents.embedding', clear: left(11_000, 10_890) },
  { column: 'public.customers.email', masked: left(4200), clear: left(3) },
]

const exposure: Exposure = {
  sessions: 105,
  people: [{ subject: 'casey', name: 'casey@example.com', sessions: 105, total: left(15_200, 10_890), columns }],
  ...{ tables: [], columns, statements: [statement], approvals: [], incomplete: 0 },
  timeline: { step: 86_400_000, steps: [{ from: '2026-11-23T00:00:00.000Z', rows: 1200, vectors: 0 }] },
  refusals: [{ ...{ subject: 'casey', name: 'casey@example.com', rule: 'no-drop', code: 'X', count: 2 }, ...left(0) }],
}

const drawn = (width: number, bars: '█' | '#' | '' = '█'): string =>
  exposureText(exposure, 'casey', { columns: width, bars, strong: (text) => `<${text}>` })

test.for([40, 60, 80, 120])(
  'on a terminal of %i columns no line is longer, and what is colored ends colored',
  (most) => {
    for (const line of drawn(most).split('\n')) {
      expect(line.startsWith('<')).toBe(line.endsWith('>'))
      expect(width(line.replace(/^<(.*)>$/, '$1'))).toBeLessThanOrEqual(most)
    }
  },
)

test.for([40, 80])('at %i columns names of columns and counts are whole', (most) => {
  const text = drawn(most)
  const shown = text.slice(0, text.indexOf('Statements that showed most'))
  expect(shown).not.toContain('…')
  for (const each of ['public.documents.embedding', '11,000', '10,890', 'public.customers.email', '4,200', '15,200'])
    expect(shown.replaceAll(/[<>]/g, '')).toContain(each)
  expect(text).toMatch(
    most === 40 ? /^<seen: clear>$/m : /^<public\.documents\.embedding +clear +11,000 +█{8} +10,890/m,
  )
})

test('read out, each column and person has lines that name what they say, and nothing is drawn', () => {
  const text = drawn(80, '')
  expect(text).toContain('<column: public.documents.embedding>\n<seen: clear>\n<rows: 11,000>\n<vectors: 10,890>')
  expect(text).toContain('person: casey@example.com\nsessions: 105\n')
})

test('what was seen clear comes first and stands out, and bars go by rows', () => {
  const lines = drawn(Infinity, '#').split('\n')
  expect(lines.filter((line) => line.startsWith('<')).map((line) => line.split(/ +/).slice(0, 4))).toEqual([
    ['<public.documents.embedding', 'clear', '11,000', '################'],
    ['<public.customers.email', 'clear', '3', '#'],
  ])
  expect(lines).toContainEqual(expect.stringMatching(/^public\.customers\.email +masked +4,200 +###### {2}/))
  expect(lines.join()).not.toContain('\u001b')
  expect(drawn(Infinity, '')).not.toMatch(/[#█]/)
})

test('a list of statements leaves out columns before it leaves out the statement', () => {
  const [head, line] = statementTable([statement], 60).split('\n')
  expect(head).toMatch(/^TIME +.*STATEMENT$/)
  expect(line).toContain('SELECT "<b>", \\u001b')
  expect(statementTable([statement]).split('\n')[0]).toMatch(
    /^TIME +PERSON +CONNECTION +SESSION +N +VERDICT +ROWS +VECTORS +SEEN +TABLES +STATEMENT$/,
  )
})

test('the page has everything written out, nothing that runs and nothing from elsewhere', () => {
  const page = exposureHtml({ ...exposure, incomplete: 2 }, `<img src=x onerror="alert('1')">`, new Date(0))
  expect(page).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;')
  expect(page).toContain('&quot;&lt;b&gt;&quot;')
  expect(page).not.toMatch(/<(script|img|link|iframe|a) /)
  expect(page).not.toContain('\u001b')
  expect(page).toContain('2 sessions are missing in part')
})

test('CSV has a line for each person, column and way', () => {
  expect(exposureCsv(exposure).trimEnd().split('\n')).toEqual([
    'person,subject,owner,column,seen,rows,bytes,vectors,statements,first,last',
    'casey@example.com,casey,,public.documents.embedding,clear,11000,407000,10890,12,2026-11-23T10:00:00.000Z,2026-11-29T16:20:11.000Z',
    'casey@example.com,casey,,public.customers.email,clear,3,111,0,12,2026-11-23T10:00:00.000Z,2026-11-29T16:20:11.000Z',
    'casey@example.com,casey,,public.customers.email,masked,4200,155400,0,12,2026-11-23T10:00:00.000Z,2026-11-29T16:20:11.000Z',
  ])
})
