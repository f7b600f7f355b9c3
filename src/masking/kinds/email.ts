import { countable, cut } from '../values/characters.js'
import { fit, isText, isUnbounded, unpadded } from '../values/text-type.js'
import { Sink } from '../sink.js'
import type { ColumnType, ValueMask } from '../value-mask.js'
import type { MaskKind } from './kind.js'

const AT = 0x40
const DOT = 0x2e
const behindName = Buffer.from('***@')
const behindDomain = Buffer.from('***.')
const unreadable = Buffer.from('***@***.invalid')

const isLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a

/** Where the public end of the domain begins, if it is short enough to be one: `com`, `co`, `museum`. */
const ending = (bytes: Buffer, start: number, end: number): number => {
  let at = end
  while (at > start && isLetter(bytes[at - 1]!)) at--
  const length = end - at
  return at > start && bytes[at - 1] === DOT && length >= 2 && length <= 6 ? at : -1
}

const domainOf = (bytes: Buffer, start: number, end: number): number => {
  for (let at = start; at < end; at++) if (bytes[at] === AT) return at + 1
  return -1
}

/** Bytes of the character at `at`; 0 where that can't be told. */
const characterAt = (bytes: Buffer, start: number, end: number, at: number): number => {
  if (bytes[at]! < 0x80) return 1
  return countable(bytes.subarray(start, end)) ? cut(bytes.subarray(at, end), 1).length : 0
}

const write = (sink: Sink, bytes: Buffer, start: number, end: number): void => {
  const domain = domainOf(bytes, start, end)
  const top = ending(bytes, start, end)
  // `a@b.com`: something on each side, and something between @ and the last dot.
  if (domain < start + 2 || top < domain + 2) return sink.put(unreadable)
  const first = characterAt(bytes, start, end, start)
  const second = characterAt(bytes, start, end, domain)
  if (first === 0 || second === 0) return sink.put(unreadable)
  sink.copy(bytes, start, start + first)
  sink.put(behindName)
  sink.copy(bytes, domain, domain + second)
  sink.put(behindDomain)
  sink.copy(bytes, top, end)
}

/** `jane.doe@example.com` → `j***@e***.com`: the first characters and the top-level domain stay. */
const ends = (type: ColumnType): ValueMask => {
  const own = new Sink()
  const apply = (value: Buffer): Buffer => {
    const plain = unpadded(value, type)
    write(own, plain, 0, plain.length)
    return fit(own.take(), type)
  }
  return { kind: 'varying', apply, ...(isUnbounded(type) && { write }) }
}

export const email = {
  word: true,
  types: 'text',
  suits: isText,
  make: (_given, type) => ends(type),
} as const satisfies MaskKind<undefined>
