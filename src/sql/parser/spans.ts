import { HoopError } from '../../lib/errors.js'
import { parseInParts } from './parts.js'

/** One statement of a text. */
export interface TextPart {
  readonly text: string
  /** Characters in front of it, as UTF-16 has them. */
  readonly before: number
}

/** @param spans bytes from which and up to which each statement stands, one after the other */
export const partsAt = (text: string, spans: ArrayLike<number>): readonly TextPart[] => {
  const bytes = Buffer.from(text)
  const found: TextPart[] = []
  let [at, before] = [0, 0]
  for (let i = 0; i + 1 < spans.length; i += 2) {
    const [start, end] = [spans[i]!, spans[i + 1]!]
    before += bytes.toString('utf8', at, start).length
    at = start
    found.push({ text: bytes.toString('utf8', start, end), before })
  }
  return found
}

/**
 * Where the statements of a text stand, in bytes: from which and up to which, one after the other.
 * @throws {HoopError} SYNTAX
 */
export const spansIn = (text: string): readonly number[] => {
  const spans: number[] = []
  const parts = parseInParts(text)
  for (let part = parts.next(); ; part = parts.next()) {
    if (part.done) {
      if (part.value) throw new HoopError('SYNTAX', part.value.message)
      return spans
    }
    for (const { span } of part.value) spans.push(...span)
  }
}

/**
 * The statements of a text, each by itself.
 * @throws {HoopError} SYNTAX
 */
export const spansOf = (text: string): readonly TextPart[] => partsAt(text, spansIn(text))
