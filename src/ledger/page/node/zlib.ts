const table = Uint32Array.from({ length: 256 }, (_each, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value
})

export const crc32 = (bytes: Uint8Array): number => {
  let value = 0xffffffff
  for (const byte of bytes) value = table[(value ^ byte) & 255]! ^ (value >>> 8)
  return (value ^ 0xffffffff) >>> 0
}

/** A browser may have no zstd. */
export class NoZstd extends Error {}

const none = (): never => {
  throw new NoZstd('there is no zstd here')
}

export const [zstdCompressSync, zstdDecompress, zstdDecompressSync] = [none, none, none]
