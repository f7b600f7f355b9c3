import { afterFirst, beforeLast, countable, cut } from './characters.js'
import { capacity, fit, unpadded } from './text-type.js'
import type { ColumnType, ValueMask } from './types.js'

/** Always as many, so that the length isn't told; fewer only where the type has no room. */
const STARS = Buffer.from('****')

/**
 * Keeps the first or last characters and puts stars for the rest. What is no longer than that, or isn't UTF-8, is
 * redacted whole.
 */
export const keep = (end: 'first' | 'last', count: number, type: ColumnType): ValueMask => {
  const whole = fit(Buffer.from('********'), type)
  const stars = STARS.subarray(0, Math.min(STARS.length, Math.max(capacity(type) - count, 0)))
  return {
    kind: 'varying',
    apply(padded) {
      const value = unpadded(padded, type)
      if (!countable(value)) return whole
      const at = end === 'first' ? afterFirst(value, count) : beforeLast(value, count)
      if (at < 0) return whole
      return fit(
        end === 'first' ? Buffer.concat([value.subarray(0, at), stars]) : Buffer.concat([stars, value.subarray(at)]),
        type,
      )
    },
  }
}

const AT = 0x40
const DOT = 0x2e
const unreadable = Buffer.from('***@***.invalid')
const middle = Buffer.from('***@')
const tail = Buffer.from('***.')

/** The public end of a domain, where it is short enough to be one: `com`, `co`, `museum`. */
const ending = (value: Buffer): Buffer | undefined => {
  const last = value.subarray(value.lastIndexOf(DOT) + 1)
  if (last.length < 2 || last.length > 6) return undefined
  return last.every((byte) => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) ? last : undefined
}

/** `jane.doe@example.com` → `j***@e***.com`: the first letters and the top-level domain stay. */
export const email = (type: ColumnType): ValueMask => {
  const whole = fit(unreadable, type)
  return {
    kind: 'varying',
    apply(padded) {
      const value = unpadded(padded, type)
      const at = value.indexOf(AT)
      const domain = value.subarray(at + 1)
      const top = at > 0 && domain.lastIndexOf(DOT) > 0 && countable(value) ? ending(domain) : undefined
      if (!top) return whole
      return fit(Buffer.concat([cut(value.subarray(0, at), 1), middle, cut(domain, 1), tail, top]), type)
    },
  }
}
