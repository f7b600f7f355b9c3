import { readErrorFields } from '../../../../src/wire/error-fields.js'
import { Backend } from '../../../../src/wire/tags.js'

/** The ErrorResponses in a run of whole messages. */
export const errorsOf = (bytes: Buffer): Readonly<Record<string, string | undefined>>[] => {
  const found = []
  for (let at = 0; at + 5 <= bytes.length;) {
    const end = at + 1 + bytes.readInt32BE(at + 1)
    if (bytes[at] === Backend.Error) found.push(readErrorFields(bytes, at, end))
    at = end
  }
  return found
}
