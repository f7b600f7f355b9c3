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
  test('RFC 4180: quotes where they are needed, and NULL apart from the empty text', () => {
    const text = written('csv', [
      ['a', 'b,c'],
      [
        ['1', null],
        ['', 'x"y'],
        [' z', 'line\nbreak'],
      ],
    ])
    expect(text).toBe('a,"b,c"\n1,\n"","x""y"\n" z","line\nbreak"\n')
  })

  test('an empty line parts two results', () => {
    expect(written('csv', [['a'], [['1']]], [['b'], [['2']]])).toBe('a\n1\n\nb\n2\n')
  })
})

test.for(Object.keys(formats) as FormatName[])('%s on a terminal says nothing that steers it', (name) => {
  const format = formats[name]({ terminal: true })
  const text = format.begin(['a\u009bname']) + format.row(['a\u001b[31mred\u202e\u0085', null]) + format.end()
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  expect(text).toContain('\\u001b[31mred\\u202e\\u0085')
})

test.for([
  ['csv', '1,2\n'],
  ['table', '1  2\n'],
  ['jsonl', '{"a":"1","b":"2"}\n'],
  ['json', '[\n{"a":"1","b":"2"}\n]\n'],
] as const)('rows alone as %s', ([name, expected]) => {
  const format = formats[name]({ tuplesOnly: true })
  expect(format.begin(['a', 'b']) + format.row(['1', '2']) + format.end()).toBe(expected)
})

test('JSON lines: one object a line, over results', () => {
  const text = written('jsonl', [['a'], [['1'], [null]]], [['b', 'b'], [['2', '3']]])
  expect(text).toBe('{"a":"1"}\n{"a":null}\n{"b":"2","b_2":"3"}\n')
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
