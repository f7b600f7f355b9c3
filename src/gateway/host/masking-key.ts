import { readFileSync, statSync } from 'node:fs'
import { HoopError } from '../../lib/errors.js'
import { unreadable } from '../../lib/unreadable.js'

/** Bytes of the key under which values are hashed. */
const length = 32

const missing = {
  code: 'KEY_MISSING',
  hint: 'Restore the file from a backup. With another key, as hoop gateway init makes it, hashes and masked vectors change.',
} as const

/**
 * Reads the masking key. Another key gives other hashes, so that masked columns no longer join with older extracts.
 * @throws {HoopError} KEY_MISSING where there is no file; FILE_UNREADABLE; CONFIG_INVALID where others can read it or it is
 * no key
 */
export const loadMaskingKey = (path: string): Buffer => {
  let key: Buffer
  try {
    key = readFileSync(path)
  } catch (cause) {
    throw unreadable(`the masking key ${path}`, cause, missing)
  }
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
    throw new HoopError('CONFIG_INVALID', `${path} can be read by others`, { hint: `Run: chmod 600 ${path}` })
  if (key.length !== length)
    throw new HoopError('CONFIG_INVALID', `${path} holds ${key.length} bytes, expected ${length}`, {
      hint: 'Restore the file from a backup.',
    })
  return key
}
