import { promisify } from 'node:util'
import { zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib'
import { maxContent } from './layout.js'

/**
 * zstd frames (RFC 8878). A small batch goes into a frame with one stored block, written by hand: making a compressor
 * costs 25 µs, and the gateway writes a frame before each statement. Any zstd decoder reads the result.
 */
const magic = 0xfd2fb528
/** Single segment, four-byte content size, no checksum, no dictionary (section 3.1.1.1.1). */
const descriptor = 0xa0
/** magic 4, descriptor 1, content size 4, block header 3. */
export const storedPrefix = 12
/** Block_Maximum_Size is 128 KB; below this size compression doesn't earn its start-up cost. */
export const maxStored = 4096

/** Writes what precedes `length` stored bytes at `offset`. */
export const writeStoredPrefix = (target: Buffer, offset: number, length: number): void => {
  target.writeUInt32LE(magic, offset)
  target[offset + 4] = descriptor
  target.writeUInt32LE(length, offset + 5)
  // Block header: last block 1, type raw 0 << 1, size << 3 (section 3.1.1.2).
  target.writeUIntLE(1 | (length << 3), offset + 9, 3)
}

/** The content of a frame that `writeStoredPrefix` made, without copying; undefined for any other. */
const stored = (frame: Buffer): Buffer | undefined => {
  const length = frame.length - storedPrefix
  const ours =
    length >= 0 &&
    frame.readUInt32LE(0) === magic &&
    frame[4] === descriptor &&
    frame.readUInt32LE(5) === length &&
    frame.readUIntLE(9, 3) === (1 | (length << 3))
  return ours ? frame.subarray(storedPrefix) : undefined
}

export const compress = (content: Buffer): Buffer => zstdCompressSync(content)

const decompressAside = promisify(zstdDecompress)

/**
 * The content of one zstd frame; a large one is decompressed off the main thread.
 * @throws where it is no zstd frame, or holds more than `maxContent`
 */
export const decompress = async (frame: Buffer): Promise<Buffer> =>
  stored(frame) ??
  (frame.length > 64 * 1024
    ? await decompressAside(frame, { maxOutputLength: maxContent })
    : zstdDecompressSync(frame, { maxOutputLength: maxContent }))
