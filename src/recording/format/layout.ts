/**
 * The numbers of the file format, version 1. All integers are unsigned and little-endian; `docs/recording-format.md` has
 * the whole layout with its reasons.
 */
export const fileMagic = Buffer.from('HOOPREC1', 'latin1')
export const trailerMagic = Buffer.from('HOOPEND1', 'latin1')

/** magic 8, length 4, crc32 4; then the header's JSON. */
export const headerPrefix = 16
export const maxHeader = 64 * 1024

/** Offsets within a frame. CRC and chain cover everything from `sequence` to the end of the payload. */
export const at = {
  length: 0,
  complement: 4,
  crc: 8,
  sequence: 12,
  kind: 18,
  reserved: 19,
  previous: 20,
  payload: 52,
} as const

export const FrameKind = { events: 1, index: 2 } as const

/** Largest frame content after decompression, bytes. One event may be that large, so the relay's caps stay far below. */
export const maxContent = 32 * 1024 * 1024
/** zstd's worst expansion is far below this. */
export const maxPayload = maxContent + 64 * 1024

/** magic 8, offset of the index frame 8, head of the chain 32, crc32 of those 4. */
export const trailerLength = 52

export const hashLength = 32
