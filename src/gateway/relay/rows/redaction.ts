import type { Guard } from '../../../policy/decision.js'
import { errorResponse, noticeResponse, readErrorFields, type ErrorFields } from '../../../wire/error-fields.js'
import { codeField } from '../../../wire/hoop-code.js'

/** Fields of an error or notice that may quote a value: message, detail, hint, where, the statement inside. */
const telling = ['M', 'D', 'H', 'W', 'q'] as const

export interface Redacted {
  /** The message's own text without what detectors find: for the recording. */
  readonly message: string
  /** What goes out in place of the server's; undefined where the server's may. */
  readonly instead: Buffer | undefined
}

/** What the server says may quote what no mask covers: `invalid input syntax for type integer: "ada@example.com"`. */
export const redacted = (
  guard: Pick<Guard, 'scans' | 'maskKey' | 'clear'> | undefined,
  kind: 'error' | 'notice',
  fields: ErrorFields,
): Redacted => {
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

// Severity, SQLSTATE, position, the server's source position and the names of objects say nothing of values.
const harmless = ['S', 'V', 'C', 'P', 's', 't', 'c', 'd', 'n', 'F', 'L'] as const

/** An ErrorResponse or NoticeResponse without what could hold a masked value: message, detail, hint, where, queries. */
export const withoutText = (kind: 'error' | 'notice', buffer: Buffer, start: number, end: number): Buffer => {
  const fields = readErrorFields(buffer, start, end)
  const kept: Record<string, string> = {}
  for (const code of harmless) if (fields[code] !== undefined) kept[code] = fields[code]
  // With a context, it is a position inside of a value that was read as the name of something.
  if (fields['W'] !== undefined) delete kept['P']
  kept['M'] = `hoop: the text of this ${kind} is withheld, since the statement touches masked columns`
  kept['R'] = codeField('TEXT_WITHHELD')
  return kind === 'error' ? errorResponse(kept) : noticeResponse(kept)
}
