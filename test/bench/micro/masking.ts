import { copyMasker } from '../../../src/masking/copy.js'
import { rowMasker } from '../../../src/masking/row.js'
import { Sink } from '../../../src/masking/sink.js'
import type { ColumnMask, CopyShape, MaskSpec } from '../../../src/masking/types.js'
import { readRowDescription } from '../../../src/wire/backend.js'
import type { Row } from '../report.js'
import { chunkOf, customer, dataRow, rowDescription } from './messages.js'
import { microRow, microseconds, type Timing } from './timing.js'

const key = Buffer.alloc(32, 7)

/** One mask, on the e-mail addresses. */
const masksOf = (spec: MaskSpec): readonly (ColumnMask | undefined)[] =>
  customer.columns.map((name) =>
    name === 'email'
      ? { column: `public.customers.${name}`, spec, type: { oid: 25, modifier: -1, name: 'text', kind: 'b' } }
      : undefined,
  )

const shape: CopyShape = {
  ...{ format: 'text', delimiter: '\t', quote: '"', escape: '"', nullText: '\\N', header: false },
  columns: customer.columns.length,
}

const description = rowDescription(16_390, customer.columns)
const row = dataRow(customer.values)
const line = Buffer.from(`${customer.values.join('\t')}\n`)

/** 64 KB of rows, one of five text columns masked, all into one sink as the relay does. */
export const masking = (timing: Timing): readonly Row[] => {
  const rows = chunkOf(row)
  const count = rows.length / row.length
  return (['email', 'hash'] as const).flatMap((spec) => {
    const masks = masksOf(spec)
    const byRow = rowMasker(readRowDescription(description, 0, description.length), [], masks, key)
    const byLine = copyMasker(shape, masks, key)
    const sink = new Sink()
    const all = (mask: (i: number) => void) => () => {
      for (let i = 0; i < count; i++) mask(i)
      if (sink.take().length === 0) throw new Error('the masker gave nothing')
    }
    const select = all((i) => byRow.into(sink, rows, i * row.length + 5, (i + 1) * row.length))
    const copy = all(() => byLine.into(sink, line, 0, line.length))
    return [
      microRow(`masking: 64 KB of rows, one column as ${spec}`, microseconds(select, timing), rows.length),
      microRow(`masking: as much of COPY, one column as ${spec}`, microseconds(copy, timing), count * line.length),
    ]
  })
}
