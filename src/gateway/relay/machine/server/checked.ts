import { HoopError } from '../../../../lib/errors.js'
import type { ErrorFields } from '../../../../wire/error-fields.js'
import { Backend } from '../../../../wire/tags.js'
import { isOfText } from '../../rows/redaction.js'
import type { CheckRequest, Request } from '../requests.js'

/** What is wrong with a text by itself: syntax and names, literals, schemas that aren't there, features that aren't. */
const mistakes = /^(?:42|22|3F000|0A000)/

/** The server's state and not the text: a transaction that has failed, a cancel, a lock, a server that shuts down. */
const circumstances = /^(?:25|40|53|55P03|57|58)/

const parsed: ReadonlySet<number> = new Set([Backend.ParseComplete, Backend.CloseComplete])

/** Takes one answer to a text that is checked, its last one, an error, aside. @throws {HoopError} PROTOCOL_DESYNC */
export const checked = (request: CheckRequest, tag: number): void => {
  if (!parsed.has(tag) || request.left === 0) throw new HoopError('PROTOCOL_DESYNC', `a check that answers ${tag}`)
  request.left--
}

/**
 * Whether the client gets the server's own error about a text that the proof refuses. Parsing sees no row, but it reads
 * literals, and a domain inside of their type may have a condition that runs somebody's function: what comes from there has a
 * context, and stays here.
 */
export const isMistake = ({ left }: CheckRequest, fields: ErrorFields): boolean => {
  if (left === 0) return false
  const { C: sqlstate = '' } = fields
  // Of a parameter whose type can't be told, the server gives no position.
  return circumstances.test(sqlstate) || sqlstate === '42P18' || (mistakes.test(sqlstate) && isOfText(fields))
}

/** The error as the client's own message would have got it: positions count from the start of its text. */
export const placed = ({ text, check: { before, answers }, left }: CheckRequest, fields: ErrorFields): ErrorFields => {
  const at = before[before.length - Math.ceil(left / answers)] ?? 0
  if (at === 0 || fields['P'] === undefined) return fields
  return { ...fields, P: String(Number(fields['P']) + [...text.slice(0, at)].length) }
}

/** Whether the server is at a text that it checks. */
export const isChecking = (head: Request | undefined): head is CheckRequest => head?.kind === 'check'
