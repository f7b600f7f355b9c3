import type { ValueMask, ValueScan } from './types.js'

const NULL = Buffer.from([0xff, 0xff, 0xff, 0xff])

/** What stands in for a value behind an int32 length: ready with its length where it is always the same. */
export type Replacement = { readonly ofNull?: Buffer | undefined } & (
  { readonly framed: Buffer } | { apply(value: Buffer): Buffer | null } | Pick<ValueScan, 'look'>
)

/** A value with its length, as DataRow and binary COPY write it; -1 is NULL. */
const framed = (value: Buffer | null): Buffer => {
  if (value === null) return NULL
  const out = Buffer.allocUnsafe(4 + value.length)
  out.writeInt32BE(value.length)
  value.copy(out, 4)
  return out
}

/** A fixed mask need not look at the value at all. */
export const replacement = (mask: ValueMask | ValueScan): Replacement => {
  if (mask.kind === 'scan') return mask
  const ofNull = mask.ofNull && framed(mask.ofNull)
  return mask.kind === 'fixed' ? { ofNull, framed: framed(mask.value) } : { ...mask, ofNull }
}

/** The replacement of `body[start, end)`, with its length; undefined where the value stays. */
export const replace = (by: Replacement, body: Buffer, start: number, end: number): Buffer | undefined => {
  if ('framed' in by) return by.framed
  if ('apply' in by) return framed(by.apply(body.subarray(start, end)))
  const instead = by.look(body, start, end)
  return instead === undefined ? undefined : framed(instead)
}
