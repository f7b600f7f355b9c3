import { createHash } from 'node:crypto'

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

const leafPrefix = Buffer.of(0)
const nodePrefix = Buffer.of(1)

export const hashLength = 32

/** Head of a tree without leaves. @see RFC 6962, section 2.1 */
export const emptyRoot = sha256()

/** @see RFC 6962, section 2.1: the prefix keeps leaves and nodes apart */
export const leafHash = (entry: Uint8Array): Buffer => sha256(leafPrefix, entry)

export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(nodePrefix, left, right)
