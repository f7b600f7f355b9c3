import { expect, test } from 'vitest'
import { ColumnCounts } from '../../../src/gateway/relay/rows/column-counts.js'
import { frame } from '../../../src/wire/frontend.js'
import { Backend } from '../../../src/wire/tags.js'

const int16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255])
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

const row = (...values: (string | null)[]): Buffer =>
  frame(
    Backend.DataRow,
    int16(values.length),
    ...values.flatMap((value) =>
      value === null ? [int32(-1)] : [int32(Buffer.byteLength(value)), Buffer.from(value)],
    ),
  )

const rows = [row('1', 'Mei', null), row('22', '', 'äöü'), row(null, 'x'.repeat(300), 'z')]
const expected = { values: [2, 3, 2], bytes: [3, 303, 7] }

const countsOf = ({ values, bytes }: ColumnCounts) => ({ values, bytes })

test('values and bytes of rows that come one behind the other', () => {
  const counts = new ColumnCounts(3)
  const all = Buffer.concat(rows)
  counts.rows(all, 0, all.length)
  expect(countsOf(counts)).toEqual(expected)
})

test('the same of rows that come in pieces, wherever they are cut', () => {
  for (let size = 1; size <= 310; size++) {
    const counts = new ColumnCounts(3)
    for (const one of rows)
      for (let at = 0; at < one.length; at += size) counts.piece(one, at, Math.min(one.length, at + size), at === 0)
    expect(countsOf(counts), `pieces of ${size}`).toEqual(expected)
  }
})

test('columns that nobody described are not counted', () => {
  const counts = new ColumnCounts(1)
  const all = Buffer.concat(rows)
  counts.rows(all, 0, all.length)
  for (const one of rows) counts.piece(one, 0, one.length, true)
  expect(countsOf(counts)).toEqual({ values: [4], bytes: [6] })
})
