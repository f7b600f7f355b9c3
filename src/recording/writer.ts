import { ftruncateSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { HoopError } from '../lib/errors.js'
import { type ChainValue, encodeTrailer, sha256 } from './format/envelope.js'
import { at, FrameKind, maxContent } from './format/layout.js'
import { compress, maxStored, storedPrefix, writeStoredPrefix } from './format/zstd.js'

export type FrameKindName = keyof typeof FrameKind

/** Where a file's next frame goes, and what it must be chained to. */
export interface Position {
  readonly size: number
  readonly sequence: number
  readonly head: ChainValue
}

// One for all sessions: a frame is made and written without yielding. UTF-8 needs at most 3 bytes a UTF-16 unit.
const scratch = Buffer.allocUnsafeSlow(at.payload + storedPrefix + 3 * maxStored)

/** Appends frames to an open file, each with one write(2), so that it outlives this process whole or not at all. */
export class FrameWriter {
  readonly #fd: number
  #size: number
  #sequence: number
  #head: ChainValue

  constructor(fd: number, position: Position) {
    this.#fd = fd
    this.#size = position.size
    this.#sequence = position.sequence
    this.#head = position.head
  }

  get position(): Position {
    return { size: this.#size, sequence: this.#sequence, head: this.#head }
  }

  get size(): number {
    return this.#size
  }

  /** @throws {HoopError} RECORDING_FAILED; the file then ends after the last complete frame. */
  append(kind: FrameKindName, content: string): void {
    const frame = content.length <= maxStored ? storedFrame(content) : compressedFrame(content)
    const end = frame.length
    frame.writeUInt32LE(end - at.payload, at.length)
    frame.writeUInt32LE(~(end - at.payload) >>> 0, at.complement)
    frame.writeUIntLE(this.#sequence, at.sequence, 6)
    frame[at.kind] = FrameKind[kind]
    frame[at.reserved] = 0
    frame.write(this.#head, at.previous, 'latin1')
    const covered = frame.subarray(at.sequence, end)
    frame.writeUInt32LE(crc32(covered), at.crc)
    this.#write(frame, end)
    this.#head = sha256(covered)
    this.#sequence++
  }

  /** Writes the index frame and the trailer. Nothing may be appended afterwards. */
  finish(index: string): void {
    const indexOffset = this.#size
    this.append('index', index)
    const trailer = encodeTrailer({ indexOffset, head: this.#head })
    this.#write(trailer, trailer.length)
  }

  // Positions are explicit: should the truncation fail as well, the next frame still overwrites the torn one.
  #write(bytes: Buffer, length: number): void {
    let done = 0
    try {
      while (done < length) {
        const count = writeSync(this.#fd, bytes, done, length - done, this.#size + done)
        if (count === 0) throw new Error('the file takes no more bytes')
        done += count
      }
    } catch (cause) {
      if (done > 0) truncate(this.#fd, this.#size)
      throw new HoopError('RECORDING_FAILED', (cause as Error).message, { cause })
    }
    this.#size += length
  }
}

const truncate = (fd: number, size: number): void => {
  try {
    ftruncateSync(fd, size)
  } catch {
    // The reader takes what is left for a torn frame.
  }
}

const storedFrame = (content: string): Buffer => {
  const start = at.payload + storedPrefix
  const length = scratch.write(content, start)
  writeStoredPrefix(scratch, at.payload, length)
  return scratch.subarray(0, start + length)
}

const compressedFrame = (content: string): Buffer => {
  const bytes = Buffer.from(content)
  if (bytes.length > maxContent) throw new HoopError('RECORDING_FAILED', `${bytes.length} bytes in one event`)
  const payload = compress(bytes)
  const frame = Buffer.allocUnsafe(at.payload + payload.length)
  payload.copy(frame, at.payload)
  return frame
}
