import { readFileSync, statSync } from 'node:fs'
import { HoopError } from '../../lib/errors.js'

/** Bytes of the key under which values are hashed. */
const length = 32

/**
 * Reads the masking key. Another key gives other hashes, so that masked columns no longer join with older extracts.
 * @throws {HoopError} CONFIG_MISSING where there is no file; CONFIG_INVALID where others can read it or it is no key
 */
export const loadMaskingKey = (path: string): Buffer => {
  let key: Buffer
  try {
    key = readFileSync(path)
  } catch (cause) {
    throw new HoopError('CONFIG_MISSING', `no masking key in ${path}`, { cause })
  }
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
    throw new HoopError('CONFIG_INVALID', `${path} can be read by others`, { hint: `Run: chmod 600 ${path}` })
  if (key.length !== length)
    throw new HoopError('CONFIG_INVALID', `${path} holds ${key.length} bytes, expected ${length}`, {
      hint: 'Restore the file from a backup.',
    })
  return key
}
