import { join } from 'node:path'
import { HoopError } from '../lib/errors.js'

export const extension = '.hooprec'

/** Session ids become file names, so nothing else than these characters. */
const sessionId = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/

/**
 * `<folder>/<yyyy-mm-dd>/<session>.hooprec`, the day in UTC.
 * @param startedAt ISO 8601
 * @throws {HoopError} NOT_FOUND where the id or the time can't be one of a recording
 */
export const recordingPath = (folder: string, id: string, startedAt: string): string => {
  const started = new Date(startedAt)
  if (!sessionId.test(id) || Number.isNaN(started.getTime())) throw new HoopError('NOT_FOUND', 'no such recording')
  return join(folder, started.toISOString().slice(0, 10), id + extension)
}
