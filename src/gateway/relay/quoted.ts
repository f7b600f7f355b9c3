import type { Guard } from '../../policy/decision.js'
import { errorResponse, noticeResponse, type ErrorFields } from '../../wire/error-fields.js'

/** Fields of an error or notice that may quote a value: message, detail, hint, where, the statement inside. */
const telling = ['M', 'D', 'H', 'W', 'q'] as const

export interface Quoted {
  /** The message's own text without what detectors find: for the recording. */
  readonly message: string
  /** What goes out in place of the server's; undefined where the server's may. */
  readonly instead: Buffer | undefined
}

/** What the server says may quote what no mask covers: `invalid input syntax for type integer: "ada@example.com"`. */
export const quoted = (guard: Guard | undefined, kind: 'error' | 'notice', fields: ErrorFields): Quoted => {
  const found: Record<string, string> = {}
  for (const code of telling) {
    const text = fields[code]
    const hidden = text === undefined ? text : guard?.scans?.ofText(text, guard.maskKey)
    if (hidden !== undefined) found[code] = hidden
  }
  const message = found['M'] ?? fields['M'] ?? ''
  if (guard?.clear || Object.keys(found).length === 0) return { message, instead: undefined }
  const told = { ...fields, ...found }
  return { message, instead: kind === 'error' ? errorResponse(told) : noticeResponse(told) }
}
