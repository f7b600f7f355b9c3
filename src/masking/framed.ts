import type { Sink } from './sink.js'
import type { ValueMask, ValueScan } from './value-mask.js'

const NULL = -1

/** What stands in for a value behind an int32 length: ready with its length where it is always the same. */
export type Replacement = { readonly ofNull?: Buffer | undefined } & (
  | { readonly framed: Buffer }
  | Pick<ValueMask & { readonly kind: 'varying' }, 'apply' | 'write'>
  | Pick<ValueScan, 'look'>
)

/** A value with its length, as DataRow and binary COPY write it; -1 is NULL. */
const framed = (value: Buffer | null): Buffer => {
  const out = Buffer.alloc(4 + (value?.length ?? 0))
  out.writeInt32BE(value?.length ?? NULL)
  value?.copy(out, 4)
  return out
}

const put = (sink: Sink, value: Buffer | null): void => {
  sink.int32(value?.length ?? NULL)
  if (value) sink.put(value)
}

/** A fixed mask need not look at the value at all. */
export const replacement = (mask: ValueMask | ValueScan): Replacement => {
  if (mask.kind === 'scan') return mask
  const ofNull = mask.ofNull && framed(mask.ofNull)
  return mask.kind === 'fixed' ? { ofNull, framed: framed(mask.value) } : { ...mask, ofNull }
}

/**
 * Replaces the value at `start` that is `length` bytes long, -1 for NULL, and has its length word before it.
 * @param copied up to where the body has been passed on; what lies before the length word is passed on too
 * @returns whether it was replaced; where not, nothing was written
 */
export const replace = (
  by: Replacement,
  sink: Sink,
  body: Buffer,
  copied: number,
  start: number,
  length: number,
): boolean => {
  if (length === -1) {
    if (!by.ofNull) return false
    sink.copy(body, copied, start - 4)
    sink.put(by.ofNull)
  } else if ('look' in by) {
    const instead = by.look(body, start, start + length)
    if (instead === undefined) return false
    sink.copy(body, copied, start - 4)
    put(sink, instead)
  } else {
    sink.copy(body, copied, start - 4)
    if ('framed' in by) sink.put(by.framed)
    else if (by.write) {
      const mark = sink.length
      sink.int32(0)
      by.write(sink, body, start, start + length)
      sink.measure(mark)
    } else put(sink, by.apply(body.subarray(start, start + length)))
  }
  return true
}
