import type { SessionSummary } from '../../lib/api.js'
import { HoopError } from '../../lib/errors.js'

export interface Cursor {
  /** Milliseconds since 1970, UTC */
  readonly startedAt: number
  readonly id: string
}

/** Where a page ends, as an opaque word: time and id of its last session. */
export const encodeCursor = (last: SessionSummary): string =>
  Buffer.from(`${Date.parse(last.startedAt)} ${last.id}`).toString('base64url')

/** @throws {HoopError} REQUEST_INVALID */
export const decodeCursor = (cursor: string): Cursor => {
  const [, time, id] = /^(\d{1,15}) (\S{1,200})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (time === undefined || id === undefined) {
    throw new HoopError('REQUEST_INVALID', 'the cursor', { hint: 'Start again from the first page.' })
  }
  return { startedAt: Number(time), id }
}
