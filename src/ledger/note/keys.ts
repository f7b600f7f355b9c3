import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { HoopError } from '../../lib/errors.js'

/** What a key signs, by the byte that enters its id: notes themselves, or a witness's word on checkpoints. */
export const KeyKind = { note: 1, cosignature: 4 } as const
export type KeyKind = (typeof KeyKind)[keyof typeof KeyKind]

/** A key that signatures are checked with. Name and id stand at each signature. */
export interface Verifier {
  readonly name: string
  /** Four bytes, as eight hexadecimal digits. */
  readonly id: string
  readonly kind: KeyKind
  /** As text: `name+id+base64`. @see C2SP signed-note, “Verifier keys” */
  readonly vkey: string
  verifies(message: Buffer, signature: Buffer): boolean
}

export interface Signer extends Verifier {
  sign(message: Buffer): Buffer
}

// DER of an Ed25519 key up to its 32 bytes (RFC 8410, section 10).
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex')
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Names that a signature line can carry. */
export const isKeyName = (name: string): boolean => name !== '' && !/[\s+\u0000-\u001f]/u.test(name)

const idOf = (name: string, material: Buffer): string =>
  createHash('sha256').update(`${name}\n`).update(material).digest('hex').slice(0, 8)

const verifierOf = (name: string, kind: KeyKind, bytes: Buffer): Verifier => {
  const key = createPublicKey({ key: Buffer.concat([publicPrefix, bytes]), format: 'der', type: 'spki' })
  const material = Buffer.concat([Buffer.of(kind), bytes])
  const id = idOf(name, material)
  return {
    ...{ name, id, kind },
    vkey: `${name}+${id}+${material.toString('base64')}`,
    verifies: (message, signature) => signature.length === 64 && verify(null, message, key, signature),
  }
}

/**
 * A key as it is given to those who check.
 * @param vkey `name+id+base64(kind, 32 bytes of an Ed25519 key)`
 * @throws {HoopError} NOTE_INVALID
 */
export const parseVerifier = (vkey: string): Verifier => {
  const [name = '', id = '', ...rest] = vkey.trim().split('+')
  // The base64 may have plus signs of its own.
  const encoded = rest.join('+')
  const material = Buffer.from(encoded, 'base64')
  const kind = Object.values(KeyKind).find((known) => known === material[0])
  const isKey =
    isKeyName(name) && kind !== undefined && material.length === 33 && material.toString('base64') === encoded
  if (!isKey || idOf(name, material) !== id) throw new HoopError('NOTE_INVALID', 'this is no verifier key of Ed25519')
  return verifierOf(name, kind, material.subarray(1))
}

/**
 * @param name as it stands at signatures
 * @param seed 32 secret bytes (RFC 8032, section 5.1.5)
 * @throws {HoopError} NOTE_INVALID for a name that can't stand there
 */
export const signerOf = (name: string, seed: Buffer, kind: KeyKind = KeyKind.note): Signer => {
  if (!isKeyName(name)) throw new HoopError('NOTE_INVALID', 'the name of a key is empty, or has spaces or a plus sign')
  const key = createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8' })
  const bytes = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length)
  return { ...verifierOf(name, kind, bytes), sign: (message) => sign(null, message, key) }
}
