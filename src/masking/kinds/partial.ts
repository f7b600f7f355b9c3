import { z } from 'zod'
import type { Sink } from '../sink.js'
import { afterFirst, beforeLast, countable } from '../values/characters.js'
import { capacity, fit, isText, isUnbounded, unpadded } from '../values/text-type.js'
import type { ColumnType, ValueMask } from '../value-mask.js'
import type { Found, MaskKind } from './kind.js'

type Side = 'first' | 'last'

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
const kept = (side: Side, count: number, type: ColumnType): ValueMask => {
  const whole = fit(Buffer.from('********'), type)
  const stars = STARS.subarray(0, Math.min(STARS.length, Math.max(capacity(type) - count, 0)))
  const apply = (padded: Buffer): Buffer => {
    const value = unpadded(padded, type)
    if (!countable(value)) return whole
    const at = side === 'first' ? afterFirst(value, count) : beforeLast(value, count)
    if (at < 0) return whole
    const part = side === 'first' ? value.subarray(0, at) : value.subarray(at)
    const out = Buffer.allocUnsafe(part.length + stars.length)
    out.set(part, side === 'first' ? 0 : stars.length)
    out.set(stars, side === 'first' ? part.length : 0)
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

/** Signs that need no escape in JSON, XML, arrays and composites. */
const harmless = (kept: string): string => kept.replaceAll(/[^\p{L}\p{N}@._+-]/gu, '*')

const token = (side: Side, count: number, { detector, text }: Found): string => {
  const signs = [...text]
  if (signs.length <= count) return `[${detector}]`
  return side === 'first'
    ? `${harmless(signs.slice(0, count).join(''))}****`
    : `****${harmless(signs.slice(-count).join(''))}`
}

const keep = (side: Side) =>
  ({
    parameter: { schema: z.number().int().min(1).max(1000), sketch: `{ keep_${side}: n }` },
    types: 'text',
    suits: isText,
    make: (count, type) => kept(side, count, type),
    token: (count, found) => token(side, count, found),
  }) as const satisfies MaskKind<number>

export const keepFirst = keep('first')
export const keepLast = keep('last')
