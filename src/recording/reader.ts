import { type RecordingHeader, toHex } from './format/envelope.js'
import type { SessionEvent } from './events.js'
import { type Chain, readFrames, readHeader } from './format/frames.js'
import { eventsOf } from './format/lines.js'
import { frameOf } from './format/seek.js'
import { Source } from './format/source.js'

/** What stood at the end of a recording. */
export interface RecordingEnd {
  readonly header: RecordingHeader
  /** Whole frames, the index included. */
  readonly frames: number
  /** Bytes up to the end of the last whole frame. */
  readonly size: number
  /** Value of the hash chain after it, hex. */
  readonly head: string
  /** False while the session lives, and after a crash until recovery. */
  readonly closed: boolean
  /** Bytes of an unfinished frame at the end: 0 unless the gateway or the machine died, or is writing now. */
  readonly torn: number
}

/**
 * The events of a recording, each from a frame whose checksum, number and position in the chain are right. The generator's
 * return value says how it ended. Memory: one frame.
 * @throws {HoopError} NOT_FOUND; RECORDING_DAMAGED (as RecordingDamage, with the offset) after the events before it
 */
export async function* readRecording(path: string): AsyncGenerator<SessionEvent, RecordingEnd> {
  await using source = await Source.open(path)
  const { header, chain } = await readHeader(source)
  for await (const frame of readFrames(source, chain)) if (frame.kind === 'events') yield* eventsOf(frame)
  return endOf(header, chain)
}

/**
 * The start event, then everything from statement `from` on, found through the index where the recording is closed.
 * The frames that are jumped over are not checked.
 * @throws {HoopError} as readRecording
 */
export async function* readRecordingFrom(path: string, from: number): AsyncGenerator<SessionEvent, void> {
  await using source = await Source.open(path)
  const { chain } = await readHeader(source)
  for await (const frame of readFrames(source, chain)) {
    yield* eventsOf(frame).filter((event) => isWanted(event, from))
    break
  }
  const resume = await frameOf(source, from)
  for await (const frame of readFrames(source, resume && resume.size > chain.size ? resume : chain)) {
    if (frame.kind === 'events') yield* eventsOf(frame).filter((event) => isWanted(event, from))
  }
}

const isWanted = (event: SessionEvent, from: number): boolean =>
  event.type === 'start' || event.type === 'end' || ('n' in event && event.n >= from)

export const endOf = (header: RecordingHeader, chain: Chain): RecordingEnd => ({
  header,
  frames: chain.frames,
  size: chain.size,
  head: toHex(chain.head),
  closed: chain.closed,
  torn: chain.torn,
})
