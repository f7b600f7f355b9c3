import { HoopError } from '../../../lib/errors.js'

/**
 * Refuses a text that can't be found: PostgreSQL takes no null character, so nothing recorded has one, and
 * SQLite would search only for what stands before it.
 * @throws {HoopError} REQUEST_INVALID
 */
export const searched = (text: string | undefined): void => {
  if (text?.includes('\0'))
    throw new HoopError('REQUEST_INVALID', 'the text to search for has a null character, which no statement has', {
      hint: 'Search for what stands before it or behind it.',
    })
}
