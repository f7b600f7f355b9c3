import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { HoopError } from './errors.js'

/** What a service token begins with. Neither it nor the rest has a character that an URL, a shell or YAML would change. */
export const tokenPrefix = 'hoop_st_'

/** For scanners of secrets. */
export const tokenPattern = `${tokenPrefix}[0-9A-Za-z]{60}`

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Characters: 64 bits, 256 bits and 32 bits, in digits of base 62. */
const lengths = { id: 11, secret: 43, checksum: 6 } as const

const base62 = (value: bigint, length: number): string => {
  let text = ''
  for (let rest = value; text.length < length; rest /= 62n) text = alphabet[Number(rest % 62n)]! + text
  return text
}

const random = (bytes: number, length: number): string =>
  base62(BigInt(`0x${randomBytes(bytes).toString('hex')}`), length)

const checksum = (text: string): string => base62(BigInt(crc32(text)), lengths.checksum)

/** 64 random bits. */
export const newTokenId = (): string => random(8, lengths.id)

/** A token with a new secret of 256 random bits: prefix, id, secret, and the CRC32 of these three. */
export const newServiceToken = (id: string): string => {
  const text = tokenPrefix + id + random(32, lengths.secret)
  return text + checksum(text)
}

export const isServiceToken = (text: string): boolean => text.startsWith(tokenPrefix)

/** The id of a token, or undefined where it was mistyped or cut. That the checksum is right says nothing of the secret. */
export const tokenIdOf = (token: string): string | undefined => {
  const text = token.slice(0, -lengths.checksum)
  const isWhole = new RegExp(`^${tokenPattern}$`).test(token) && token.endsWith(checksum(text))
  return isWhole ? token.slice(tokenPrefix.length, tokenPrefix.length + lengths.id) : undefined
}

/**
 * What a token is called by where an id or a name belongs: a secret that was typed there stands for its id, and goes nowhere.
 * @throws {HoopError} NOT_FOUND for what is left of a token, without repeating it
 */
export const tokenNamed = (text: string): string => {
  if (!text.includes(tokenPrefix)) return text
  const id = tokenIdOf(text.trim())
  if (id === undefined)
    throw new HoopError('NOT_FOUND', `service token ${tokenPrefix}…`, {
      hint: 'Give its name or its id: hoop tokens list shows both. A secret need not be shown to anybody.',
    })
  return id
}

/** What is kept of a token: nobody finds 256 random bits by trying, so one round of SHA-256 does. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex')
