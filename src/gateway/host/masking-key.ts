import { readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import { HoopError } from '../../lib/errors.js'
import { unreadable } from '../../lib/unreadable.js'

/** Bytes of a key under which values are hashed. */
export const maskingKeyLength = 32

/** A key under which values are hashed and vectors made up. */
export interface MaskingKey {
  /** From 1; each rotation makes the next one. */
  readonly version: number
  readonly key: Buffer
  /** When it was made, by whom on the gateway's machine, and why. The first one doesn't say. */
  readonly made?: string | undefined
  readonly by?: string | undefined
  readonly reason?: string | undefined
}

/** The newest first: that one masks. The others are kept for whoever has to tell what an older extract means. */
export type MaskingKeys = readonly [MaskingKey, ...MaskingKey[]]

const base64Key = z.base64().transform((text) => Buffer.from(text, 'base64'))

const written = z.strictObject({
  keys: z
    .array(
      z.strictObject({
        version: z.number().int().min(1),
        key: base64Key.refine((key) => key.length === maskingKeyLength),
        made: z.string().optional(),
        by: z.string().optional(),
        reason: z.string().optional(),
      }),
    )
    .min(1)
    .refine((keys) => keys.every(({ version }, at) => at === 0 || version < keys[at - 1]!.version)),
})

/** As a rotation writes them. `init` writes the bytes of the first one and nothing else. */
export const maskingKeysText = (keys: MaskingKeys): string =>
  `${JSON.stringify({ keys: keys.map(({ key, ...rest }) => ({ ...rest, key: key.toString('base64') })) }, undefined, 2)}\n`

const parsed = (bytes: Buffer): MaskingKeys | undefined => {
  if (bytes.length === maskingKeyLength) return [{ version: 1, key: bytes }]
  try {
    const [first, ...others] = written.parse(JSON.parse(bytes.toString('utf8'))).keys
    return first && [first, ...others]
  } catch {
    // The cause might quote the file, and the file is secret.
    return undefined
  }
}

const missing = {
  code: 'KEY_MISSING',
  hint: 'Restore the file from a backup. With another key, as hoop gateway init makes it, hashes and masked vectors change.',
} as const

/**
 * Reads the masking keys. Another key gives other hashes, so that masked columns no longer join with older extracts.
 * @throws {HoopError} KEY_MISSING where there is no file; FILE_UNREADABLE; CONFIG_INVALID where others can read it or it
 * holds no keys
 */
export const loadMaskingKeys = (path: string): MaskingKeys => {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    throw unreadable(`the masking key ${path}`, cause, missing)
  }
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
    throw new HoopError('CONFIG_INVALID', `${path} can be read by others`, { hint: `Run: chmod 600 ${path}` })
  const keys = parsed(bytes)
  if (keys) return keys
  throw new HoopError(
    'CONFIG_INVALID',
    `${path} holds ${bytes.length} bytes, expected ${maskingKeyLength} or what hoop gateway rotate-keys writes`,
    { hint: 'Restore the file from a backup.' },
  )
}
