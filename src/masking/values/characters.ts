import { isUtf8 } from 'node:buffer'

const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80

/** Whether code points can be told apart. In another encoding, character counts would be guesses. */
export const countable = (value: Buffer): boolean => isUtf8(value)

export const codePoints = (value: Buffer): number => {
  let count = 0
  for (const byte of value) if (!isContinuation(byte)) count++
  return count
}

/** Offset behind the first `count` code points of UTF-8, or -1 where there are no more than that. */
export const afterFirst = (value: Buffer, count: number): number => {
  let seen = 0
  for (let at = 0; at < value.length; at++) if (!isContinuation(value[at]!) && seen++ === count) return at
  return -1
}

/** Offset of the last `count` code points, or -1 where there are no more than that. */
export const beforeLast = (value: Buffer, count: number): number => {
  let seen = 0
  for (let at = value.length - 1; at > 0; at--) if (!isContinuation(value[at]!) && ++seen === count) return at
  return -1
}

/** At most `count` code points of an ASCII or UTF-8 value. */
export const cut = (value: Buffer, count: number): Buffer => {
  const at = afterFirst(value, count)
  return at < 0 ? value : value.subarray(0, at)
}
