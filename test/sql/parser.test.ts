import { beforeAll, expect, test } from 'vitest'
import { initParser, parse, parsePlpgsql } from '../../src/sql/parser.js'

beforeAll(() => initParser())

const works = () => expect(parse('select 1')).toMatchObject({ ok: true, statements: [{ span: [0, 8] }] })

test.for([
  ['selec 1', 'syntax error at or near "selec"', 1],
  ['select é, ö frm x y', 'syntax error at or near "x"', 17],
  ['select 1 from', 'syntax error at end of input', 14],
  ["select 'abc", 'unterminated quoted string at or near "\'abc"', 8],
  ['select 1; selec 2', 'syntax error at or near "selec"', 11],
  ['select 1 😀 2', 'syntax error at or near "2"', 12],
] as const)('%j is refused in PostgreSQL’s own words', ([text, message, position]) => {
  expect(parse(text)).toEqual({ ok: false, message, position })
})

test('a NUL byte is an error and not the end of the text', () => {
  expect(parse('select 1\0; drop table x')).toMatchObject({ ok: false, position: 9 })
  expect(parsePlpgsql('do $$ begin end $$\0')).toBeUndefined()
})

test('an empty text holds no statements', () => {
  for (const text of ['', ' ', ';', '-- nothing', '/* nothing */;;'])
    expect(parse(text)).toEqual({ ok: true, statements: [] })
})

test('spans count bytes', () => {
  const text = "select 'é'; select 2 ;; select 3"
  const parsed = parse(text)
  const bytes = Buffer.from(text)
  expect(
    parsed.ok &&
      parsed.statements.map(({ span }) =>
        bytes
          .subarray(...span)
          .toString()
          .trim(),
      ),
  ).toEqual(["select 'é'", 'select 2', 'select 3'])
})

test.for([
  ['a chain of operators', `select ${Array(20_000).fill('1').join('+')}`],
  ['a chain of casts', `select 1${'::int'.repeat(20_000)}`],
  ['a chain of set operations', `select 1${' union select 1'.repeat(20_000)}`],
  ['parentheses', `select ${'('.repeat(20_000)}1${')'.repeat(20_000)}`],
  ['negations', `select ${'not '.repeat(20_000)}true`],
] as const)('%s too long for the parser is refused, again and again, and harms no later text', async ([, text]) => {
  for (let round = 0; round < 5; round++) {
    expect(parse(text)).toMatchObject({ ok: false })
    await initParser()
    works()
  }
})

test('a text beyond the limits is refused before it costs time and memory', () => {
  expect(parse(`select '${'x'.repeat(17 * 1024 * 1024)}'`)).toMatchObject({
    ok: false,
    message: expect.stringContaining('16 MB') as string,
  })
  expect(parse('select 1;'.repeat(300_000))).toMatchObject({ ok: false })
  works()
})

test('a long string does not make a text too large', () => {
  expect(parse(`select '${'x'.repeat(4 * 1024 * 1024)}'`)).toMatchObject({ ok: true })
  expect(parse('select 1;'.repeat(10_000))).toMatchObject({ ok: true })
})

test('the parser’s own exit is not ours', async () => {
  // A string of escapes costs little to read and much to print as JSON.
  const parsed = parse(
    `select ${Array(80_000)
      .fill("E'" + '\\x01'.repeat(30) + "'")
      .join(',')}`,
  )
  expect(typeof parsed.ok).toBe('boolean')
  expect(process.exitCode).toBeUndefined()
  await initParser()
  works()
})

test('PL/pgSQL that does not parse gives nothing', () => {
  expect(parsePlpgsql('do $$ begin foo bar; end $$')).toBeUndefined()
  expect(parsePlpgsql('do $$ begin perform 1; end $$')).toBeDefined()
})
