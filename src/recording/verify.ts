import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import type { EndEvent } from './events.js'
import { type Digest, readFrames, readHeader } from './format/frames.js'
import { eventsOf, indexOf } from './format/lines.js'
import { endOf, type RecordingEnd } from './reader.js'
import { RecordingDamage } from './format/damage.js'
import { Source } from './format/source.js'

/** Bytes that are hashed in one go: about a millisecond. */
const often = 256 * 1024

export interface Verification extends RecordingEnd {
  readonly events: number
  /** The end event, where there is one. */
  readonly end?: EndEvent
}

/**
 * Reads all of a recording and checks everything that can be checked within the file, and against a chain value that
 * somebody else kept: without one, a file that was rewritten as a whole looks sound.
 * @param expectedHead hex, as the session index or a ledger has it
 * @throws {HoopError} NOT_FOUND; RECORDING_DAMAGED with the offset
 */
export async function verifyRecording(path: string, expectedHead?: string): Promise<Verification> {
  await using source = await Source.open(path)
  const { header, chain } = await readHeader(source)
  let events = 0
  let end: EndEvent | undefined
  for await (const frame of readFrames(source, chain)) {
    if (frame.kind === 'index') {
      const { frames, bytes } = indexOf(frame)
      if (frames !== chain.frames - 1 || bytes !== frame.offset)
        throw new RecordingDamage(frame.offset, 'the index is wrong')
      continue
    }
    for (const event of eventsOf(frame)) {
      if (end) throw new RecordingDamage(frame.offset, 'there are events behind the end')
      if (event.type === 'end') end = event
      events++
    }
  }
  const found = endOf(header, chain)
  if (expectedHead !== undefined && found.head !== expectedHead) {
    throw new RecordingDamage(found.size, 'it is not the recording that was witnessed, or not all of it')
  }
  return { ...found, events, ...(end && { end }) }
}

/** A frame may have 32 MiB, which would take as long as all that comes meanwhile has to wait. */
const inSlices = async (covered: Buffer): Promise<Digest> => {
  const hash = createHash('sha256')
  let crc = 0
  for (let from = 0; from < covered.length; from += often) {
    if (from > 0) await setImmediate()
    const slice = covered.subarray(from, from + often)
    hash.update(slice)
    crc = crc32(slice, crc)
  }
  return { crc, head: hash.digest('binary') }
}

/**
 * Checks that every byte of a closed recording is under a chain value that somebody else kept, without looking into its frames: a
 * gateway that carries sessions does it. Hashed in slices of 256 KiB, between which others have their turn.
 * @throws {HoopError} NOT_FOUND; RECORDING_DAMAGED with the offset
 */
export async function verifyChain(path: string, expectedHead: string): Promise<void> {
  await using source = await Source.open(path)
  const { header, chain } = await readHeader(source)
  let turned = 0
  for await (const _ of readFrames(source, chain, async () => undefined, inSlices)) {
    if (chain.size - turned < often) continue
    turned = chain.size
    await setImmediate()
  }
  const { head, size } = endOf(header, chain)
  if (head !== expectedHead)
    throw new RecordingDamage(size, 'it is not the recording that was witnessed, or not all of it')
}
