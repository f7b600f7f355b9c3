import type { ErrorCode, HoopError, NoticeCode } from '../lib/errors.js'
import { notices } from '../lib/errors.js'
import { HEADER } from './cutter.js'
import { errorResponse, type ErrorFields } from './error-fields.js'
import { Reader } from './reader.js'

/**
 * The field that carries hoop's code is the routine: every driver hands it on, and a server's own names a C function, which
 * has no slash. Decision 0008.
 */
const FIELD = 0x52 // R
const PREFIX = 'hoop/'

/** The value of `R` for a code of the catalogue. */
export const codeField = (code: ErrorCode | NoticeCode): string => `${PREFIX}${code}`

/** hoop's code, where hoop has said it; undefined where the server has. A newer gateway may know more codes. */
export const hoopCode = ({ R: routine }: ErrorFields): string | undefined =>
  routine?.startsWith(PREFIX) ? routine.slice(PREFIX.length) : undefined

/** What the client reads of an error of ours, but for the prefix: of a syntax error the server's words. */
export const wordsOf = ({ code, about, message }: HoopError): string =>
  code === 'SYNTAX' && about !== '' ? about : message

/** Our error as PostgreSQL would report it. Of a syntax error the server's words are kept, and no prefix stands before. */
export const hoopError = (error: HoopError, severity: 'ERROR' | 'FATAL' = 'ERROR'): Buffer =>
  errorResponse({
    S: severity,
    V: severity,
    C: error.sqlstate,
    M: error.code === 'SYNTAX' ? wordsOf(error) : `hoop: ${wordsOf(error)}`,
    ...(error.detail ? { D: error.detail } : {}),
    ...(error.hint ? { H: error.hint } : {}),
    ...(error.position ? { P: String(error.position) } : {}),
    R: codeField(error.code),
  })

/** A notice of ours, for `noticeResponse`. @param text what the message says behind `hoop: ` */
export const hoopNotice = (
  code: Exclude<NoticeCode, 'TEXT_WITHHELD'>,
  text: string,
  more: { readonly detail?: string; readonly hint?: string } = {},
): ErrorFields => ({
  S: 'NOTICE',
  V: 'NOTICE',
  C: notices[code].sqlstate,
  M: `hoop: ${text}`,
  ...(more.detail ? { D: more.detail } : {}),
  ...(more.hint ? { H: more.hint } : {}),
  R: codeField(code),
})

/**
 * An ErrorResponse or NoticeResponse of the server's without a field that only hoop may send, so that nothing but hoop can
 * say it.
 * @returns undefined where there is none, the usual case: the bytes may pass as they are
 * @throws {HoopError} FRAME_INVALID, also for bytes behind the last field: some drivers read on
 */
export const withoutHoopCode = (buffer: Buffer, start: number, end: number): Buffer | undefined => {
  const reader = new Reader(buffer, start + HEADER, end)
  const forged: { readonly from: number; readonly to: number }[] = []
  for (let from = reader.at, field = reader.byte(); field !== 0; from = reader.at, field = reader.byte()) {
    const value = reader.at
    reader.skipString()
    if (field === FIELD && buffer.toString('latin1', value, value + PREFIX.length) === PREFIX)
      forged.push({ from, to: reader.at })
  }
  reader.done()
  return forged.length === 0 ? undefined : without(buffer.subarray(start, end), start, forged)
}

const without = (
  message: Buffer,
  start: number,
  spans: readonly { readonly from: number; readonly to: number }[],
): Buffer => {
  const kept: Buffer[] = []
  let at = 0
  for (const { from, to } of spans) {
    kept.push(message.subarray(at, from - start))
    at = to - start
  }
  const out = Buffer.concat([...kept, message.subarray(at)])
  out.writeInt32BE(out.length - 1, 1)
  return out
}
