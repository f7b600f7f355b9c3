import { describe, expect, test, vi } from 'vitest'
import { copyMasker } from '../../src/masking/copy.js'
import { Sink } from '../../src/masking/sink.js'
import type { ColumnMask, CopyShape } from '../../src/masking/types.js'
import { everyCut } from '../helpers/cuts.js'
import { binaryHeader, binaryTrailer, message, rowBody } from './frames.js'
import { key, mask, typed } from './types.js'

const shape: CopyShape = {
  ...{ format: 'text', delimiter: '\t', quote: '"', escape: '"', nullText: '\\N', header: false, columns: 3 },
}
const csv: CopyShape = { ...shape, format: 'csv', delimiter: ',', nullText: '' }
const binary: CopyShape = { ...shape, format: 'binary' }

const second = (with_: ColumnMask): (ColumnMask | undefined)[] => [undefined, with_, undefined]
const keepLast = second(mask({ keep_last: 2 }))
const redacted = second(mask('redact'))

const cases: [
  title: string,
  shape: CopyShape,
  masks: (ColumnMask | undefined)[],
  stream: Buffer | string,
  masked: Buffer | string,
][] = [
  ['text', shape, redacted, '1\tJane\tx\n2\t\\N\ty\n3\t\t\n', '1\t********\tx\n2\t\\N\ty\n3\t********\t\n'],
  [
    'text with escapes',
    shape,
    keepLast,
    'a\\tb\tJa\\n\\\\\\tne\tx\n\\\\\ta\\\\\\n\t\\.\n',
    'a\\tb\t****ne\tx\n\\\\\t****\\\\\\n\t\\.\n',
  ],
  [
    'text with an escaped delimiter',
    { ...shape, delimiter: '|' },
    keepLast,
    'a\\|b|Ja\\|e|\\|\n',
    'a\\|b|****\\|e|\\|\n',
  ],
  [
    'text with a header',
    { ...shape, header: true },
    redacted,
    'n\tname\tx\n1\tJane\tx\n',
    'n\tname\tx\n1\t********\tx\n',
  ],
  [
    'text whose delimiter is the mask',
    { ...shape, delimiter: '*' },
    redacted,
    '1*Jane*x\n',
    `1*${'\\*'.repeat(8)}*x\n`,
  ],
  [
    'text with NULL as nothing',
    { ...shape, nullText: '' },
    redacted,
    '1\t\tx\n2\tJane\tx\n',
    '1\t\tx\n2\t********\tx\n',
  ],
  ['text whose NULL may be a value', { ...shape, nullText: 'Jane' }, redacted, '1\tJane\tx\n', '1\t********\tx\n'],
  ['text masked to NULL', shape, second(mask('null')), '1\tJane\tx\n', '1\t\\N\tx\n'],
  ['text of bytea', shape, second(mask('redact', typed('bytea'))), '1\t\\\\x4711\tx\n', '1\t\\\\x\tx\n'],
  ['csv', csv, redacted, '1,Jane,x\n2,,y\n3,"",\n', '1,"********",x\n2,,y\n3,"********",\n'],
  ['csv with quotes', csv, keepLast, '"a,b","Doe, ""Jane""\nMary","""\n"\n', '"a,b","****ry","""\n"\n'],
  ['csv with a quote kept', csv, keepLast, '1,"say ""a""",x\n', '1,"****a""",x\n'],
  [
    'csv with another escape',
    { ...csv, escape: '\\' },
    keepLast,
    '"a\\"\\\\","Ja\\\\\\"","\\\\"\n',
    '"a\\"\\\\","****\\\\\\"","\\\\"\n',
  ],
  [
    'csv with a header of two lines',
    { ...csv, header: true },
    redacted,
    'n,"na\nme",x\n1,Jane,x\n',
    'n,"na\nme",x\n1,"********",x\n',
  ],
  [
    'csv masked to NULL',
    { ...csv, nullText: 'nil' },
    second(mask('null')),
    '1,Jane,x\n2,nil,x\n3,"nil",x\n',
    '1,nil,x\n2,nil,x\n3,nil,x\n',
  ],
  ['csv with strange signs', { ...csv, delimiter: ';', quote: "'" }, redacted, "1;'a;''';x\n", "1;'********';x\n"],
  [
    'binary',
    binary,
    redacted,
    Buffer.concat([
      binaryHeader,
      rowBody(['1', 'Jane', null]),
      rowBody(['2', null, '']),
      rowBody(['3', '', 'x']),
      binaryTrailer,
    ]),
    Buffer.concat([
      binaryHeader,
      rowBody(['1', '********', null]),
      rowBody(['2', null, '']),
      rowBody(['3', '********', 'x']),
      binaryTrailer,
    ]),
  ],
  [
    'binary masked to NULL',
    binary,
    second(mask('null')),
    Buffer.concat([binaryHeader, rowBody(['1', 'Jane', 'x']), binaryTrailer]),
    Buffer.concat([binaryHeader, rowBody(['1', null, 'x']), binaryTrailer]),
  ],
  [
    'binary with a header extension',
    binary,
    redacted,
    Buffer.concat([
      binaryHeader.subarray(0, 15),
      Buffer.from([0, 0, 0, 3]),
      Buffer.from('ext'),
      rowBody(['1', 'Jane', 'x']),
      binaryTrailer,
    ]),
    Buffer.concat([
      binaryHeader.subarray(0, 15),
      Buffer.from([0, 0, 0, 3]),
      Buffer.from('ext'),
      rowBody(['1', '********', 'x']),
      binaryTrailer,
    ]),
  ],
]

describe.for(cases)('COPY as %s', ([, shape, masks, streamed, expected]) => {
  const stream = Buffer.from(streamed)
  const run = (...pieces: Buffer[]) => {
    const masker = copyMasker(shape, masks, key)
    const out = [...pieces.map((piece) => masker.data(piece)), masker.end()]
    return { out: Buffer.concat(out).toString('latin1'), masked: masker.masked, rows: masker.rows }
  }
  const whole = run(stream)

  test('is masked', () => {
    expect(whole.out).toBe(Buffer.from(expected).toString('latin1'))
    expect(whole.masked).toBeGreaterThan(0)
  })

  test.for(everyCut(stream))('comes out the same when cut at byte %i', ([, before, after]) => {
    expect(run(before, after)).toEqual(whole)
  })

  test('comes out the same byte by byte, and in whole messages through a sink', () => {
    expect(run(...Array.from(stream, (_, at) => stream.subarray(at, at + 1)))).toEqual(whole)
    const masker = copyMasker(shape, masks, key)
    const sink = new Sink()
    const around = Buffer.concat([Buffer.from('<<'), stream, Buffer.from('>>')])
    masker.into(sink, around, 2, 2 + stream.length)
    expect(sink.take().toString('latin1')).toBe(message('d', Buffer.from(whole.out, 'latin1')).toString('latin1'))
    masker.into(sink, around, 2, 2)
    expect(sink.take()).toHaveLength(0)
  })
})

test.for<[string, CopyShape, string | Buffer]>([
  ['a row with a column too few', shape, '1\tJane\n'],
  ['a row with a column too many', shape, '1\tJane\tx\ty\n'],
  ['an escaped line break', { ...shape, delimiter: '|' }, '1|Jane|x\\\n'],
  ['a csv row with a column too few', csv, '1,Jane\n'],
  ['a csv row with a column too many', csv, '1,2,3,4\n'],
  ['no binary format', binary, 'PGCOPX'],
  ['unknown flags', binary, Buffer.concat([binaryHeader.subarray(0, 11), Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])])],
  ['a huge header extension', binary, Buffer.concat([binaryHeader.subarray(0, 15), Buffer.from([0x7f, 0, 0, 0])])],
  ['a binary row with a column too few', binary, Buffer.concat([binaryHeader, rowBody(['1', 'Jane'])])],
  [
    'a binary row with a negative length',
    binary,
    Buffer.concat([binaryHeader, Buffer.from([0, 3, 0xff, 0xff, 0xff, 0xfe])]),
  ],
  ['bytes behind the trailer', binary, Buffer.concat([binaryHeader, binaryTrailer, Buffer.from('x')])],
])('%s is refused, and nothing of it comes out', ([, shape, stream]) => {
  const sink = new Sink()
  expect(() => copyMasker(shape, redacted, key).into(sink, Buffer.from(stream), 0, Buffer.byteLength(stream))).toThrow(
    /COPY: /,
  )
  expect(sink.length).toBe(0)
})

test.for<[string, CopyShape, string | Buffer]>([
  ['text', shape, '1\tJa'],
  ['csv', csv, '1,Jane,"x\n'],
  ['binary without its trailer', binary, Buffer.concat([binaryHeader, rowBody(['1', 'Jane', 'x'])])],
])('a stream of %s that ends inside a row is refused', ([, shape, stream]) => {
  const masker = copyMasker(shape, redacted, key)
  expect(masker.data(Buffer.from(stream)).includes('Ja')).toBe(false)
  expect(() => masker.end()).toThrow('ends inside a row')
})

test.for<[title: string, CopyShape, string]>([
  ['text', shape, '\tJane\tx\n'],
  ['text with another delimiter', { ...shape, delimiter: '|' }, '|Jane|x\n'],
  ['csv', csv, ',Jane,x\n'],
])('a row of %s in many pieces takes time in proportion to its length', ([, shape, end]) => {
  const piece = Buffer.alloc(64 * 1024, 'x')
  const methods = Buffer.prototype as Buffer
  /** Bytes that are moved, or looked through as a string. */
  const cost = (pieces: number): number => {
    const [copies, texts] = [vi.spyOn(methods, 'copy'), vi.spyOn(methods, 'toString')]
    const masker = copyMasker(shape, redacted, key)
    for (let i = 0; i < pieces; i++) expect(masker.data(piece)).toHaveLength(0)
    const last = masker.data(Buffer.from(end))
    const moved = copies.mock.results.map(({ value }) => Number(value))
    const read = texts.mock.results.map(({ value }) => String(value).length)
    for (const spy of [copies, texts]) spy.mockRestore()
    expect(last.subarray(-20).includes('Jane')).toBe(false)
    expect(masker.masked).toBe(1)
    return [...moved, ...read].reduce((sum, bytes) => sum + bytes, 0)
  }
  // Eight times the pieces; in quadratic time they would take 64 times as long.
  const few = cost(25)
  expect(few).toBeGreaterThan(25 * piece.length)
  expect(cost(200)).toBeLessThan(12 * few)
})
