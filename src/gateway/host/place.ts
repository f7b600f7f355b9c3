import { randomUUID } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HoopError } from '../../lib/errors.js'

/**
 * What a gateway is known by on a store that others can reach: its folder of recordings, which it holds locked. A copy of the
 * folder is another place.
 * @param recordings folder that is there
 * @throws {HoopError} RECORDING_FAILED
 */
export const placeOf = (recordings: string): string => {
  const path = join(recordings, '.place')
  try {
    try {
      writeFileSync(path, randomUUID(), { flag: 'wx', mode: 0o600 })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const { dev, ino } = statSync(path, { bigint: true })
    return `${readFileSync(path, 'utf8').slice(0, 100)} ${dev}:${ino}`
  } catch (cause) {
    throw new HoopError('RECORDING_FAILED', `${path} (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}
