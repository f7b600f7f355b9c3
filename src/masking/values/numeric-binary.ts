import type { Decimal } from './decimal.js'

/** Four decimal digits to a word. */
const GROUP = 4
const NEGATIVE = 0x4000

/** The sign's word of NaN, Infinity and -Infinity. */
const SPECIAL = new Set([0xc000, 0xd000, 0xf000])

/**
 * int16 number of words, int16 weight of the first (as a power of 10,000), int16 sign, int16 scale shown, the words.
 * @returns undefined for what isn't that
 * @see PostgreSQL source, numeric_send
 */
export const readNumeric = (value: Buffer): Decimal | 'special' | undefined => {
  if (value.length < 8) return undefined
  const count = value.readUInt16BE()
  const weight = value.readInt16BE(2)
  const sign = value.readUInt16BE(4)
  if (SPECIAL.has(sign)) return 'special'
  if (value.length !== 8 + 2 * count || (sign !== 0 && sign !== NEGATIVE)) return undefined
  let text = ''
  for (let at = 8; at < value.length; at += 2) text += String(value.readUInt16BE(at)).padStart(GROUP, '0')
  // Words behind the decimal point; where it is negative, so many words of zeros aren't sent.
  const behind = count - 1 - weight
  const digits = BigInt(text + '0'.repeat(Math.max(-behind, 0) * GROUP))
  return { digits: sign === NEGATIVE ? -digits : digits, scale: Math.max(behind, 0) * GROUP }
}

export const writeNumeric = ({ digits, scale }: Decimal): Buffer => {
  const text = (digits < 0n ? -digits : digits).toString()
  const behind = Math.ceil(scale / GROUP)
  const padded = text + '0'.repeat(behind * GROUP - scale)
  const whole = padded.padStart(Math.ceil(padded.length / GROUP) * GROUP, '0')
  const words = (whole.match(/\d{4}/g) ?? []).map(Number)
  const first = words.findIndex((word) => word !== 0)
  const kept = first < 0 ? [] : words.slice(first, words.findLastIndex((word) => word !== 0) + 1)
  const out = Buffer.alloc(8 + 2 * kept.length)
  out.writeUInt16BE(kept.length)
  if (kept.length > 0) out.writeInt16BE(words.length - 1 - behind - first, 2)
  out.writeUInt16BE(digits < 0n ? NEGATIVE : 0, 4)
  out.writeUInt16BE(scale, 6)
  for (const [i, word] of kept.entries()) out.writeUInt16BE(word, 8 + 2 * i)
  return out
}
