import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowMasker } from '../../src/masking/row.js'
import { Sink } from '../../src/masking/sink.js'
import { fields, message, rowBody } from './frames.js'
import { key, mask, typed } from './types.js'

const value = fc.option(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  { freq: 4 },
)

const stars = Buffer.from('********')

test('masked values are replaced, all else is the same, NULL stays NULL, whatever lies around the row', () => {
  const column = fc.record({ value, masked: fc.boolean() })
  fc.assert(
    fc.property(fc.array(column, { maxLength: 12 }), fc.nat(9), fc.nat(9), (columns, before, after) => {
      const body = rowBody(columns.map(({ value }) => value))
      const buffer = Buffer.concat([Buffer.alloc(before, 'x'), body, Buffer.alloc(after, 'y')])
      const masker = rowMasker(
        fields(columns.length),
        [],
        columns.map(({ masked }) => (masked ? mask('redact') : undefined)),
        key,
      )
      const expected = message('D', rowBody(columns.map(({ value, masked }) => (masked && value ? stars : value))))
      expect(masker.row(buffer, before, before + body.length)).toEqual(expected)
      expect(masker.masked).toBe(columns.filter(({ value, masked }) => masked && value).length)
    }),
  )
})

test('each column is masked in the format that Bind asked for', () => {
  const masks = [mask('redact', typed('int4')), mask('redact', typed('int4'))]
  const number = Buffer.from([0, 0, 0x12, 0x67])
  const row = (formats: number[], values: (Buffer | string)[]) => {
    const body = rowBody(values)
    return rowMasker(fields(2), formats, masks, key).row(body, 0, body.length).toString('latin1')
  }
  expect(row([], ['4711', '4711'])).toBe(message('D', rowBody(['0', '0'])).toString('latin1'))
  expect(row([1], [number, number])).toBe(message('D', rowBody([Buffer.alloc(4), Buffer.alloc(4)])).toString('latin1'))
  expect(row([0, 1], ['4711', number])).toBe(message('D', rowBody(['0', Buffer.alloc(4)])).toString('latin1'))
  expect(() => rowMasker(fields(2), [0, 1, 0], masks, key)).toThrow('another number of columns')
  expect(() => rowMasker(fields(2), [], [undefined], key)).toThrow('another number of columns')
})

test('a mask to NULL writes NULL', () => {
  const body = rowBody(['a', 'b'])
  const masked = rowMasker(fields(2), [], [undefined, mask('null')], key).row(body, 0, body.length)
  expect(masked).toEqual(message('D', rowBody(['a', null])))
})

test('rows share a sink, and what was taken from it stays as it was', () => {
  const sink = new Sink()
  const masker = rowMasker(fields(2), [], [undefined, mask({ keep_last: 2 })], key)
  const taken: Buffer[] = []
  const expected: Buffer[] = []
  for (let i = 0; i < 30_000; i++) {
    const body = rowBody([`row ${i}`, `secret ${i}`])
    masker.into(sink, body, 0, body.length)
    expected.push(message('D', rowBody([`row ${i}`, `****${`secret ${i}`.slice(-2)}`])))
    if (i % 997 === 0) taken.push(sink.take())
  }
  taken.push(sink.take())
  expect(Buffer.concat(taken).equals(Buffer.concat(expected))).toBe(true)
})

test('a sink holds values of any size, and lets go of what a huge one took', () => {
  const sink = new Sink()
  const huge = Buffer.alloc(5_000_000, 'h')
  sink.put(Buffer.from('before '))
  sink.put(huge)
  const first = sink.take()
  expect(first.length).toBe(huge.length + 7)
  expect(first.subarray(7).equals(huge)).toBe(true)
  sink.put(Buffer.from('after'))
  const second = sink.take()
  expect(second.toString()).toBe('after')
  expect(second.buffer.byteLength).toBeLessThan(100_000)
  expect(first.subarray(0, 7).toString()).toBe('before ')
})

test('a row that is not as described is refused, and nothing of it is left in the sink', () => {
  const good = rowBody(['a', 'secret', 'c'])
  const masks = [undefined, mask('redact'), undefined]
  const bad: [string, Buffer, number?][] = [
    ['one column too few', rowBody(['a', 'secret'])],
    ['one column too many', rowBody(['a', 'secret', 'c', 'd'])],
    ['bytes behind it', Buffer.concat([good, Buffer.from('x')])],
    ['an end beyond the buffer', good, good.length + 5],
  ]
  const lengths = [-2, 2 ** 31 - 1, -(2 ** 31), 1000].flatMap((length) =>
    [2, 7, 17].map((at): [string, Buffer] => {
      const body = Buffer.from(good)
      body.writeInt32BE(length, at)
      return [`length ${length} at ${at}`, body]
    }),
  )
  const cuts = Array.from({ length: good.length }, (_, at): [string, Buffer] => [`cut at ${at}`, good.subarray(0, at)])
  for (const [what, body, end] of [...bad, ...lengths, ...cuts]) {
    const sink = new Sink()
    sink.put(Buffer.from('before'))
    const masker = rowMasker(fields(3), [], masks, key)
    expect(() => masker.into(sink, body, 0, end ?? body.length), what).toThrow(/^a message is malformed: DataRow/)
    expect(sink.take().toString(), what).toBe('before')
  }
})
