import { readFile, stat, writeFile } from 'node:fs/promises'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose'
import { HoopError } from '../lib/errors.js'
import { unreadable } from '../lib/unreadable.js'

/** What a rotation writes beside a key. */
export interface KeyOrigin {
  readonly made: string
  readonly by: string
  readonly reason?: string
}

/** A private key as it stands in the file (RFC 7517), with members of our own. */
export interface WrittenKey extends JWK, Partial<KeyOrigin> {
  /** When another took its place. Grants that it has signed are good for an hour more at most. */
  readonly retired?: string
}

/** One of the gateway's own keys. */
interface SigningKey {
  readonly kid: string
  readonly alg: 'EdDSA' | 'ES256'
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  /** Of a retired one, until when something that it signed can be good, milliseconds since 1970. */
  readonly until?: number
  /** Who made it on the gateway's machine, and why; the first one doesn't say. */
  readonly origin?: KeyOrigin
}

/** The first signs; all verify, so that what an older key signed holds until it expires. */
export type SigningKeys = readonly [SigningKey, ...SigningKey[]]

const algorithmOf = ({ kty, crv }: JWK): SigningKey['alg'] | undefined =>
  kty === 'OKP' && crv === 'Ed25519' ? 'EdDSA' : kty === 'EC' && crv === 'P-256' ? 'ES256' : undefined

/** A new private key as a JWK, with its thumbprint (RFC 7638) as id. */
export const generateSigningKey = async (): Promise<JWK & { kid: string }> => {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  const jwk = await exportJWK(privateKey)
  return { ...jwk, alg: 'EdDSA', use: 'sig', kid: await calculateJwkThumbprint(jwk) }
}

/** How the file is written: a JSON Web Key Set. */
export const signingKeysText = (keys: readonly JWK[]): string => `${JSON.stringify({ keys }, undefined, 2)}\n`

/**
 * Writes a file of keys, mode 0600.
 * @throws {HoopError} FILE_EXISTS
 */
export const writeSigningKeys = async (path: string, keys?: readonly JWK[]): Promise<void> => {
  const text = signingKeysText(keys ?? [await generateSigningKey()])
  await writeFile(path, text, { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new HoopError('FILE_EXISTS', path)
    throw error
  })
}

/** The longest that what a key signs can be good, milliseconds: a grant, or a workload's token (`identity.grant.max`). */
export const longestSigned = 3_600_000

/** The key that verifies what a key of this id has signed; undefined also where nothing that it signed can still be good. */
export const verifyingKey = (keys: SigningKeys, kid: string | undefined, now: number): CryptoKey | undefined =>
  keys.find((one) => one.kid === kid && (one.until === undefined || now <= one.until))?.publicKey

const importKey = async ({ made, by, reason, retired, ...jwk }: WrittenKey): Promise<SigningKey> => {
  const alg = algorithmOf(jwk)
  if (!alg || typeof jwk.d !== 'string') throw new Error('not a private Ed25519 or P-256 key')
  const { d: _, ...publicJwk } = jwk
  return {
    kid: await calculateJwkThumbprint(publicJwk),
    alg,
    privateKey: (await importJWK({ ...jwk, alg }, alg)) as CryptoKey,
    publicKey: (await importJWK({ ...publicJwk, alg }, alg)) as CryptoKey,
    // A time that can't be read is none: the key then is not known to be over.
    ...(retired !== undefined && !Number.isNaN(Date.parse(retired)) && { until: Date.parse(retired) + longestSigned }),
    ...(made !== undefined && by !== undefined && { origin: { made, by, ...(reason !== undefined && { reason }) } }),
  }
}

const missing = {
  code: 'KEY_MISSING',
  hint: 'Restore the file from a backup. Others, as hoop gateway init makes them in a folder of its own, end all grants.',
} as const

/**
 * Reads the gateway's signing keys: a JSON Web Key Set (RFC 7517) of private keys.
 * @throws {HoopError} KEY_MISSING where there is no file; FILE_UNREADABLE; CONFIG_INVALID where others can read it or it
 * holds anything else
 */
export const loadSigningKeys = async (path: string): Promise<SigningKeys> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(`the signing keys ${path}`, error, missing)
  })
  const { mode } = await stat(path)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new HoopError('CONFIG_INVALID', `${path} can be read by others`, { hint: `Run: chmod 600 ${path}` })
  }
  try {
    const { keys } = JSON.parse(text) as { keys: WrittenKey[] }
    const [first, ...others] = await Promise.all(keys.map(importKey))
    if (!first) throw new Error('no key')
    return [first, ...others]
  } catch {
    // The cause might quote the file, and the file is secret.
    throw new HoopError('CONFIG_INVALID', `${path} is not a set of private Ed25519 or P-256 keys`, {
      hint: 'Restore the file from a backup, or move it away and run: hoop gateway init',
    })
  }
}
