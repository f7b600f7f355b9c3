import { HoopError } from '../../lib/errors.js'
import { parseInParts } from './parts.js'

/** One statement of a text. */
export interface TextPart {
  readonly text: string
  /** Characters in front of it, as UTF-16 has them. */
  readonly before: number
}

/**
 * The statements of a text, each by itself.
 * @throws {HoopError} SYNTAX
 */
export const spansOf = (text: string): readonly TextPart[] => {
  const bytes = Buffer.from(text)
  const found: TextPart[] = []
  let [at, before] = [0, 0]
  const parts = parseInParts(text)
  for (let part = parts.next(); ; part = parts.next()) {
    if (part.done) {
      if (part.value) throw new HoopError('SYNTAX', part.value.message)
      return found
    }
    for (const { span } of part.value) {
      before += bytes.toString('utf8', at, span[0]).length
      at = span[0]
      found.push({ text: bytes.toString('utf8', span[0], span[1]), before })
    }
  }
}
