import { crc32 } from 'node:zlib'
import { RecordingDamage } from './damage.js'
import { type ChainValue, decodeHeader, decodeTrailer, headerLength, type RecordingHeader, sha256 } from './envelope.js'
import { at, FrameKind, hashLength, headerPrefix, maxPayload, trailerLength } from './layout.js'
import { type Source, zerosFrom } from './source.js'
import { decompress } from './zstd.js'

/** The content of a frame; undefined where it can't be opened here, which is no damage: the chain is checked all the same. */
export type OpenFrame = (payload: Buffer) => Promise<Buffer | undefined>

/** Checksum and next value of the chain, over what both cover. */
export interface Digest {
  readonly crc: number
  readonly head: ChainValue
}

const digestOf = (covered: Buffer): Digest => ({ crc: crc32(covered), head: sha256(covered) })

export interface Frame {
  readonly kind: 'events' | 'index'
  readonly offset: number
  /** Empty where it couldn't be opened. */
  readonly content: Buffer
  readonly unread?: true
}

/** How far a file could be believed. */
export interface Chain {
  /** Frames read, the index included. */
  frames: number
  /** Where the last of them ends, bytes. */
  size: number
  /** Chain value after the last of them. */
  head: ChainValue
  /** The trailer is there and agrees: nothing is missing at the end. */
  closed: boolean
  /** Bytes of an unfinished frame (or trailer) behind the last whole one. */
  torn: number
}

/** @throws {RecordingDamage} where the file doesn't begin as a recording does */
export async function readHeader(source: Source): Promise<{ header: RecordingHeader; chain: Chain }> {
  const length = headerLength(await source.peek(headerPrefix))
  if (length === undefined) throw new RecordingDamage(0, 'this is not a recording')
  const bytes = await source.peek(length)
  const header = bytes.length === length ? decodeHeader(bytes) : undefined
  if (!header) throw new RecordingDamage(0, 'the header is damaged')
  source.seek(length)
  return { header, chain: { frames: 0, size: length, head: sha256(bytes), closed: false, torn: 0 } }
}

/**
 * The frames from where the source stands, each checked before it is handed out; `chain` is kept current.
 * What a crash can leave at the end is `torn`; everything else that is wrong is damage.
 * @throws {RecordingDamage}
 */
export async function* readFrames(
  source: Source,
  chain: Chain,
  openFrame: OpenFrame = decompress,
  digest: (covered: Buffer) => Digest | Promise<Digest> = digestOf,
): AsyncGenerator<Frame, void> {
  for (source.seek(chain.size); source.remaining > 0; source.seek(chain.size)) {
    const offset = chain.size
    const head = await source.peek(at.payload)
    if (head.length < at.payload) return void (chain.torn = head.length)
    const length = head.readUInt32LE(at.length)
    if (head.readUInt32LE(at.complement) !== ~length >>> 0 || length > maxPayload) {
      await tornOrDamaged(source, chain, offset, 'the length of a frame is damaged')
      return
    }
    const end = offset + at.payload + length
    if (end > source.size) return void (chain.torn = source.size - offset)
    const frame = await source.peek(at.payload + length)
    const covered = frame.subarray(at.sequence)
    const made = digest(covered)
    const { crc, head: next } = made instanceof Promise ? await made : made
    if (crc !== frame.readUInt32LE(at.crc)) {
      await tornOrDamaged(source, chain, end, 'a frame does not match its checksum')
      return
    }
    const kind = linked(frame, chain)
    const content = await openFrame(frame.subarray(at.payload)).catch((cause: unknown) => {
      throw new RecordingDamage(offset, 'a frame cannot be decompressed', cause)
    })
    chain.frames++
    chain.size = end
    chain.head = next
    yield content ? { kind, offset, content } : { kind, offset, content: Buffer.alloc(0), unread: true }
    if (kind === 'index') return readTrailer(source, chain, offset)
  }
}

/** Checks a frame's position: the number it carries and the chain value before it. */
function linked(frame: Buffer, chain: Chain): Frame['kind'] {
  if (frame.readUIntLE(at.sequence, 6) !== chain.frames) {
    throw new RecordingDamage(chain.size, 'a frame is missing or out of place')
  }
  if (frame.toString('latin1', at.previous, at.previous + hashLength) !== chain.head) {
    throw new RecordingDamage(chain.size, 'the chain is broken: the frame before this one was changed')
  }
  if (frame[at.kind] === FrameKind.events) return 'events'
  if (frame[at.kind] === FrameKind.index) return 'index'
  throw new RecordingDamage(chain.size, 'a frame is of an unknown kind')
}

async function readTrailer(source: Source, chain: Chain, indexOffset: number): Promise<void> {
  source.seek(chain.size)
  const bytes = await source.peek(trailerLength)
  if (bytes.length < trailerLength) return void (chain.torn = bytes.length)
  const trailer = decodeTrailer(bytes)
  if (!trailer) return tornOrDamaged(source, chain, chain.size, 'the trailer is damaged')
  if (trailer.indexOffset !== indexOffset || trailer.head !== chain.head) {
    throw new RecordingDamage(chain.size, 'the trailer belongs to another recording')
  }
  if (source.remaining > trailerLength)
    throw new RecordingDamage(chain.size + trailerLength, 'there is more behind the end')
  chain.closed = true
}

/** Something is wrong, and `rest` is where the next frame would be: torn if nothing but a hole follows, else damaged. */
async function tornOrDamaged(source: Source, chain: Chain, rest: number, why: string): Promise<void> {
  if (!(await zerosFrom(source, rest))) throw new RecordingDamage(chain.size, why)
  chain.torn = source.size - chain.size
}
