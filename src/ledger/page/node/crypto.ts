import { Bytes, type Encoding } from './bytes.js'
import { sha256 } from './sha256.js'

/** Stands in for `node:crypto` where the verification runs in a browser. */
export const createHash = (_name: 'sha256') => {
  const parts: Uint8Array[] = []
  const hashing = {
    update: (part: string | Uint8Array) => {
      parts.push(typeof part === 'string' ? Bytes.from(part) : part)
      return hashing
    },
    digest: (encoding?: Encoding): Bytes | string => {
      const made = Bytes.from(sha256(Bytes.concat(parts)))
      return encoding === undefined ? made : made.toString(encoding)
    },
  }
  return hashing
}

export const hash = (_name: 'sha256', bytes: Uint8Array, encoding: Encoding): string =>
  Bytes.from(sha256(bytes)).toString(encoding)

interface PublicKey {
  readonly raw: Uint8Array<ArrayBuffer>
}

/** The last 32 bytes of the DER are the key (RFC 8410, section 4). */
export const createPublicKey = ({ key }: { readonly key: Uint8Array }): PublicKey => ({ raw: key.slice(-32) })

interface Asked {
  readonly message: Uint8Array<ArrayBuffer>
  readonly signature: Uint8Array<ArrayBuffer>
  readonly key: PublicKey
}

/** WebCrypto answers by a promise: what isn't known yet is asked for, and the verification goes once more when it is. */
const known = new Map<string, boolean>()
const asked = new Map<string, Asked>()

export const verify = (_: null, message: Uint8Array, key: PublicKey, signature: Uint8Array): boolean => {
  const name = [key.raw, signature, message].map((part) => Bytes.from(part).toString('base64')).join(' ')
  const answer = known.get(name)
  if (answer === undefined) asked.set(name, { message: message.slice(), signature: signature.slice(), key })
  return answer ?? false
}

/**
 * Looks at the signatures that were asked for.
 * @returns whether there were any
 * @throws where the browser doesn't know Ed25519
 */
export const settleSignatures = async (): Promise<boolean> => {
  const { subtle } = globalThis.crypto
  for (const [name, { message, signature, key }] of asked) {
    const imported = await subtle.importKey('raw', key.raw, { name: 'Ed25519' }, false, ['verify'])
    known.set(name, await subtle.verify({ name: 'Ed25519' }, imported, signature, message))
  }
  const { size } = asked
  asked.clear()
  return size > 0
}

const never = (): never => {
  throw new Error('nothing is made here')
}

export const [createPrivateKey, sign, randomBytes] = [never, never, never]
