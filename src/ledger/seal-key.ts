import { hkdfSync } from 'node:crypto'

const keyLength = 32

/**
 * The key of seals, from the seed of a key that signs the ledger: it lies where that lies, and rotates with it.
 * @see RFC 5869
 */
export const sealKeyOf = (origin: string, seed: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', seed, '', `hoop-seal/1\n${origin}`, keyLength))
