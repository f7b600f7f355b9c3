import { HEADER } from './cutter.js'
import { frame } from './frontend.js'
import { Reader } from './reader.js'
import { Backend } from './tags.js'

/**
 * Fields of ErrorResponse and NoticeResponse by their code: S V severity, C SQLSTATE, M message, D detail, H hint,
 * P position, W where, s t c d n names.
 * @see PostgreSQL documentation, "Error and Notice Message Fields"
 */
export type ErrorFields = Readonly<Partial<Record<string, string>>>

/** @throws {HoopError} FRAME_INVALID */
export const readErrorFields = (buffer: Buffer, start: number, end: number): ErrorFields => {
  const reader = new Reader(buffer, start + HEADER, end)
  const fields: Record<string, string> = {}
  for (let code = reader.byte(); code !== 0; code = reader.byte()) fields[String.fromCharCode(code)] = reader.string()
  reader.done()
  return fields
}

const body = (fields: ErrorFields): Buffer =>
  Buffer.concat([
    ...Object.entries(fields).flatMap(([code, value]) =>
      value === undefined ? [] : [Buffer.from(`${code}${value.replaceAll('\0', '')}\0`)],
    ),
    Buffer.from([0]),
  ])

export const errorResponse = (fields: ErrorFields): Buffer => frame(Backend.Error, body(fields))

export const noticeResponse = (fields: ErrorFields): Buffer => frame(Backend.Notice, body(fields))

/** The server closes the connection behind it. */
export const isFatal = ({ V: severity }: ErrorFields): boolean => severity === 'FATAL' || severity === 'PANIC'
