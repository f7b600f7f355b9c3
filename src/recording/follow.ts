import { HoopError } from '../lib/errors.js'
import type { SessionEvent } from './events.js'
import { RecordingDamage } from './format/damage.js'
import { type Chain, readFrames, readHeader } from './format/frames.js'
import { eventsOf } from './format/lines.js'
import { Source } from './format/source.js'

const hashDigits = 64

/** Where somebody has read to, as a text: offset, number of frames, and the chain's value there, so that no other file goes on from it. */
const written = ({ size, frames, head }: Chain): string =>
  `${size}.${frames}.${Buffer.from(head, 'latin1').toString('hex')}`

/** @throws {HoopError} REQUEST_INVALID for a position that isn't ours */
export const chainAt = (position: string): Chain => {
  const [size = '', frames = '', head = ''] = position.split('.')
  const whole = /^\d{1,15}$/.test(size) && /^\d{1,14}$/.test(frames) && /^[0-9a-f]+$/.test(head)
  if (!whole || head.length !== hashDigits)
    throw new HoopError('REQUEST_INVALID', 'the position', { hint: 'Start again without one.' })
  const value = Buffer.from(head, 'hex').toString('latin1')
  return { size: Number(size), frames: Number(frames), head: value, closed: false, torn: 0 }
}

/** How far a recording had come, as the ledger has it. */
export interface RecordingPlace {
  /** Hexadecimal. */
  readonly head: string
  readonly frames: number
  /** Bytes. */
  readonly size: number
}

/**
 * The events between two places of one recording.
 * @param from the beginning, where it is left out
 * @throws {HoopError} NOT_FOUND; RECORDING_DAMAGED, where it has not come that far too; RECORDING_UNREADABLE
 */
export async function* readRecordingBetween(
  path: string,
  from: RecordingPlace | undefined,
  to: Pick<RecordingPlace, 'size'>,
): AsyncGenerator<SessionEvent, void> {
  if (from && from.size >= to.size) return
  await using source = await Source.open(path)
  const chain = from ? chainAt(`${from.size}.${from.frames}.${from.head}`) : (await readHeader(source)).chain
  for await (const frame of readFrames(source, chain)) {
    if (frame.kind === 'events') yield* eventsOf(frame)
    if (chain.size >= to.size) return
  }
  if (chain.size < to.size) throw new RecordingDamage(chain.size, 'the recording ends before what was entered of it')
}

/** What is left to read of a session that may go on. */
export interface Followed {
  /** Where the next reading begins. */
  readonly position: string
  /** Nothing will be added. */
  readonly closed: boolean
}

/**
 * The events from a position on, as far as they are written; the generator's return value says where that is.
 * @param position of a reading before; from the first event where there is none
 * @throws {HoopError} REQUEST_INVALID for a position that isn't ours; NOT_FOUND; RECORDING_DAMAGED, for a position of another recording too
 */
export async function* readRecordingOn(path: string, position?: string): AsyncGenerator<SessionEvent, Followed> {
  const before = position === undefined ? undefined : chainAt(position)
  await using source = await Source.open(path)
  const chain = before ?? (await readHeader(source)).chain
  for await (const frame of readFrames(source, chain)) if (frame.kind === 'events') yield* eventsOf(frame)
  return { position: written(chain), closed: chain.closed }
}
