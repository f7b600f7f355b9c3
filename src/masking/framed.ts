import type { ValueMask } from './types.js'

const NULL = Buffer.from([0xff, 0xff, 0xff, 0xff])

/** What stands in for a value behind an int32 length: ready with its length where it is always the same. */
export type Replacement = { readonly framed: Buffer } | { apply(value: Buffer): Buffer | null }

/** A value with its length, as DataRow and binary COPY write it; -1 is NULL. */
const framed = (value: Buffer | null): Buffer => {
  if (value === null) return NULL
  const out = Buffer.allocUnsafe(4 + value.length)
  out.writeInt32BE(value.length)
  value.copy(out, 4)
  return out
}

/** A fixed mask need not look at the value at all. */
export const replacement = (mask: ValueMask): Replacement =>
  mask.kind === 'fixed' ? { framed: framed(mask.value) } : mask

/** The replacement of `body[start, end)`, with its length. */
export const replace = (by: Replacement, body: Buffer, start: number, end: number): Buffer =>
  'framed' in by ? by.framed : framed(by.apply(body.subarray(start, end)))
