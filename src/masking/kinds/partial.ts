import type { Sink } from '../sink.js'
import { afterFirst, beforeLast, countable } from '../values/characters.js'
import { capacity, fit, isUnbounded, unpadded } from '../values/text-type.js'
import type { ColumnType, ValueMask } from '../types.js'

/** Always as many, so that the length isn't told; fewer only where the type has no room. */
const STARS = Buffer.from('****')

const isAscii = (bytes: Buffer, start: number, end: number): boolean => {
  for (let at = start; at < end; at++) if (bytes[at]! >= 0x80) return false
  return true
}

/**
 * Keeps the first or last characters and puts stars for the rest. What is no longer than that, or isn't UTF-8, is
 * redacted whole.
 */
export const keep = (side: 'first' | 'last', count: number, type: ColumnType): ValueMask => {
  const whole = fit(Buffer.from('********'), type)
  const stars = STARS.subarray(0, Math.min(STARS.length, Math.max(capacity(type) - count, 0)))
  const apply = (padded: Buffer): Buffer => {
    const value = unpadded(padded, type)
    if (!countable(value)) return whole
    const at = side === 'first' ? afterFirst(value, count) : beforeLast(value, count)
    if (at < 0) return whole
    const kept = side === 'first' ? value.subarray(0, at) : value.subarray(at)
    const out = Buffer.allocUnsafe(kept.length + stars.length)
    out.set(kept, side === 'first' ? 0 : stars.length)
    out.set(stars, side === 'first' ? kept.length : 0)
    return fit(out, type)
  }
  const write = (sink: Sink, bytes: Buffer, start: number, end: number): void => {
    if (!isAscii(bytes, start, end)) return sink.put(apply(bytes.subarray(start, end)))
    if (end - start <= count) return sink.put(whole)
    if (side === 'first') sink.copy(bytes, start, start + count)
    sink.put(stars)
    if (side === 'last') sink.copy(bytes, end - count, end)
  }
  return { kind: 'varying', apply, ...(isUnbounded(type) && { write }) }
}
