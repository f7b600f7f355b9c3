import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { open, readFile, stat } from 'node:fs/promises'
import type { JWK } from 'jose'
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint'
import { exportPKCS8 } from 'jose/key/export'
import { generateKeyPair } from 'jose/key/generate/keypair'
import { HoopError } from '../../lib/errors.js'
import { type ProofKey, readProofKey } from './proof.js'

const wrong = (path: string, about: string, hint: string): HoopError =>
  new HoopError('CONFIG_INVALID', `${path} ${about}`, { hint })

const make = 'Make a key: hoop tokens key FILE'

const textOf = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    throw wrong(path, `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`, make)
  })

/** PEM or a JWK, as it comes. @throws {HoopError} CONFIG_INVALID for all but keys on the curve P-256 */
const keyIn = (path: string, text: string, parse: (key: string | { key: JWK; format: 'jwk' }) => KeyObject): JWK => {
  try {
    const jwk = parse(text.trimStart().startsWith('{') ? { key: JSON.parse(text) as JWK, format: 'jwk' } : text)
      // jose and Node write the same JWK (RFC 7517).
      .export({ format: 'jwk' }) as JWK
    if (jwk.crv === 'P-256') return jwk
  } catch {
    // The cause might quote the file, and the file may be secret.
  }
  throw wrong(path, 'holds no key on the curve P-256, as PEM or JWK', make)
}

/**
 * The private key of HOOP_KEY_FILE, which proves each request.
 * @throws {HoopError} CONFIG_INVALID where it can't be read, others can read it, or it is no such key
 */
export async function readKeyFile(path: string): Promise<ProofKey> {
  const text = await textOf(path)
  const { mode } = await stat(path)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw wrong(path, 'can be read by others', `Run: chmod 600 ${path}`)
  return readProofKey(keyIn(path, text, createPrivateKey))
}

/** Makes a key file, mode 0600. @returns the key's thumbprint (RFC 7638). @throws {HoopError} FILE_EXISTS */
export async function makeKeyFile(path: string): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const pem = await exportPKCS8(privateKey)
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    const { code = 'error' } = error as NodeJS.ErrnoException
    throw code === 'EEXIST'
      ? new HoopError('FILE_EXISTS', path, {
          hint: 'Choose another name; hoop tokens key --show FILE prints its thumbprint.',
        })
      : new HoopError('FILE_EXISTS', `${path} cannot be made (${code})`, {
          hint: 'Choose a folder that you may write to.',
        })
  })
  try {
    await file.writeFile(`${pem.trim()}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  return thumbprintOf(keyIn(path, pem, createPublicKey))
}

/** The thumbprint of a key: itself, or of a file with a public or private one. @throws {HoopError} CONFIG_INVALID */
export async function readThumbprint(given: string): Promise<string> {
  if (/^[A-Za-z0-9_-]{43}$/.test(given)) return given
  return thumbprintOf(keyIn(given, await textOf(given), createPublicKey))
}

const thumbprintOf = ({ kty, crv, x, y }: JWK): Promise<string> => calculateJwkThumbprint({ kty, crv, x, y } as JWK)
