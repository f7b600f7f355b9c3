import { afterFirst, beforeLast, countable, cut } from '../values/characters.js'
import { capacity, fit, unpadded } from '../values/text-type.js'
import type { ColumnType, ValueMask } from '../types.js'

/** Always as many, so that the length isn't told; fewer only where the type has no room. */
const STARS = Buffer.from('****')

/**
 * Keeps the first or last characters and puts stars for the rest. What is no longer than that, or isn't UTF-8, is
 * redacted whole.
 */
export const keep = (end: 'first' | 'last', count: number, type: ColumnType): ValueMask => {
  const whole = fit(Buffer.from('********'), type)
  const stars = STARS.subarray(0, Math.min(STARS.length, Math.max(capacity(type) - count, 0)))
  const replace = (value: Buffer): Buffer => {
    if (!countable(value)) return whole
    const at = end === 'first' ? afterFirst(value, count) : beforeLast(value, count)
    if (at < 0) return whole
    const kept = end === 'first' ? value.subarray(0, at) : value.subarray(at)
    const out = Buffer.allocUnsafe(kept.length + stars.length)
    out.set(kept, end === 'first' ? 0 : stars.length)
    out.set(stars, end === 'first' ? kept.length : 0)
    return fit(out, type)
  }
  return { kind: 'varying', apply: (value) => replace(unpadded(value, type)) }
}

const AT = 0x40
const DOT = 0x2e
const behindName = [...Buffer.from('***@')]
const behindDomain = [...Buffer.from('***.')]
const unreadable = Buffer.from('***@***.invalid')

const isLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a

/** Where the public end of the domain begins, if it is short enough to be one: `com`, `co`, `museum`. */
const ending = (value: Buffer): number => {
  let at = value.length
  while (at > 0 && isLetter(value[at - 1]!)) at--
  const length = value.length - at
  return value[at - 1] === DOT && length >= 2 && length <= 6 ? at : -1
}

/** Bytes of the character at an offset; 0 where that can't be told. */
const characterAt = (value: Buffer, at: number): number => {
  if (value[at]! < 0x80) return 1
  return countable(value) ? cut(value.subarray(at), 1).length : 0
}

/** `jane.doe@example.com` → `j***@e***.com`: the first characters and the top-level domain stay. */
export const email = (type: ColumnType): ValueMask => {
  const whole = fit(unreadable, type)
  const replace = (value: Buffer): Buffer => {
    const domain = value.indexOf(AT) + 1
    const top = ending(value)
    // `a@b.com`: something on each side, and something between @ and the last dot.
    if (domain < 2 || top < domain + 2) return whole
    const [first, second] = [characterAt(value, 0), characterAt(value, domain)]
    if (first === 0 || second === 0) return whole
    // Byte by byte: for so few, that is quicker than copying.
    const out = Buffer.allocUnsafe(first + second + 8 + value.length - top)
    let to = 0
    for (let at = 0; at < first; at++) out[to++] = value[at]!
    for (const sign of behindName) out[to++] = sign
    for (let at = domain; at < domain + second; at++) out[to++] = value[at]!
    for (const sign of behindDomain) out[to++] = sign
    for (let at = top; at < value.length; at++) out[to++] = value[at]!
    return fit(out, type)
  }
  return { kind: 'varying', apply: (value) => replace(unpadded(value, type)) }
}
