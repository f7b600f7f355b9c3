import { describe, expect, test } from 'vitest'
import { type FormatName, formats } from '../../../src/cli/rows/format.js'

type Row = readonly (string | null)[]

const written = (name: FormatName, ...results: readonly (readonly [readonly string[], readonly Row[]])[]): string => {
  const format = formats[name]()
  return results
    .map(([columns, rows]) => format.begin(columns) + rows.map((row) => format.row(row)).join('') + format.end())
    .join('')
}

describe('JSON', () => {
  test('rows are objects of strings and nulls', () => {
    const text = written('json', [
      ['id', 'note'],
      [
        ['1', null],
        ['2', 'a"b\n'],
      ],
    ])
    expect(JSON.parse(text)).toEqual([
      { id: '1', note: null },
      { id: '2', note: 'a"b\n' },
    ])
  })

  test('columns of the same name all come out', () => {
    const text = written('json', [['id', 'id', 'id_2', 'id'], [['1', '2', '3', '4']]])
    expect(JSON.parse(text)).toEqual([{ id: '1', id_2: '3', id_3: '2', id_4: '4' }])
  })

  test('a result without rows is an empty array', () => {
    expect(written('json', [['id'], []])).toBe('[]\n')
  })

  test('a column named __proto__ is a column', () => {
    expect(written('json', [['__proto__'], [['x']]])).toContain('{"__proto__":"x"}')
  })
})

describe('CSV', () => {
  test('RFC 4180: quotes where they are needed, CRLF, and NULL apart from the empty text', () => {
    const text = written('csv', [
      ['a', 'b,c'],
      [
        ['1', null],
        ['', 'x"y'],
        [' z', 'line\nbreak'],
      ],
    ])
    expect(text).toBe('a,"b,c"\r\n1,\r\n"","x""y"\r\n" z","line\nbreak"\r\n')
  })

  test('an empty line parts two results', () => {
    expect(written('csv', [['a'], [['1']]], [['b'], [['2']]])).toBe('a\r\n1\r\n\r\nb\r\n2\r\n')
  })
})

describe('a table', () => {
  test('is aligned, shows NULL, and says nothing that steers a terminal', () => {
    const text = written('table', [
      ['id', 'note'],
      [
        ['1', null],
        ['10', 'a\u001b[31mred\n'],
      ],
    ])
    expect(text).toBe('id  note\n1   NULL\n10  a\\u001b[31mred\\n\n')
  })

  test('wide characters take two columns', () => {
    expect(
      written('table', [
        ['a', 'b'],
        [
          ['日本', 'x'],
          ['ab', 'y'],
        ],
      ]),
    ).toBe('a     b\n日本  x\nab    y\n')
  })

  test('of many rows comes out as they come', () => {
    const format = formats.table()
    format.begin(['n'])
    const held = Array.from({ length: 499 }, (_, i) => format.row([String(i)])).join('')
    expect(held).toBe('')
    expect(format.row(['499']).split('\n')).toHaveLength(502)
    expect(format.row(['500'])).toBe('500\n')
    expect(format.end()).toBe('')
  })
})
