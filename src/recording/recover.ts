import { open } from 'node:fs/promises'
import type { SessionCounters } from '../lib/api.js'
import { asHoopError, type HoopError } from '../lib/errors.js'
import type { EndEvent, StartEvent } from './events.js'
import { markClosed, type OpenRecording, openRecordings } from './open-index.js'
import { recordingPath } from './paths.js'
import { finish } from './recorder.js'
import { Source } from './format/source.js'
import { hasTrailer, nothing, survey, type Survivor } from './survey.js'
import { FrameWriter } from './writer.js'

/** A recording that a dead gateway left open, and how it ends now. */
export interface Recovered {
  readonly id: string
  readonly path: string
  /** `aborted`, unless the end was written and only the index was missing. */
  readonly end: EndEvent['end']
  readonly reason?: string
  readonly by?: NonNullable<EndEvent['by']>
  /** ISO 8601: when the last thing that is known of the session happened. */
  readonly endedAt: string
  readonly counters: SessionCounters
  /** Bytes of an unfinished frame that were cut off. */
  readonly torn: number
  /** It was whole: only the store didn't know that its session had ended. */
  readonly wasClosed?: true
  readonly start?: StartEvent
  /** It is not there, can't be read to its end, or can't be written. Then it was left as it is. */
  readonly problem?: HoopError
}

/** A session that the store calls live. */
export interface KnownSession {
  readonly id: string
  /** ISO 8601 */
  readonly startedAt: string
}

/**
 * At a gateway's start, before it opens sessions: closes every recording that was left open, so that each says how its
 * session ended. Nothing whole is removed; what can't be read, or is damaged in its middle, is told of and left alone,
 * at each start until it can be closed or is taken away. Recordings that were closed are not opened, those of known
 * sessions excepted. No other gateway may write into the folder meanwhile.
 * @param known told of how it ended even where the recording is whole; one that isn't there is a problem of theirs
 * @yields what was closed, and what can't be. It is forgotten when the next one is asked for: it has to be noted by then
 * @throws {HoopError} RECORDING_FAILED where the folder can't be read
 */
export async function* recoverRecordings(
  folder: string,
  known: Iterable<KnownSession> = [],
): AsyncGenerator<Recovered, void> {
  const sessions = new Map([...known].flatMap((session) => placeOf(folder, session)).map((place) => [place.id, place]))
  const open = new Map((await openRecordings(folder)).map((recording) => [recording.id, recording]))
  for (const recording of new Map([...sessions, ...open]).values()) {
    const recovered = await recoverRecording(recording, sessions.has(recording.id))
    if (recovered) yield recovered
    const isSettled = !recovered?.problem || recovered.problem.code === 'NOT_FOUND'
    if (isSettled && open.has(recording.id)) await markClosed(folder, recording.path)
  }
}

/** Where a session's recording would be; nowhere where its id or its time can't be one. */
const placeOf = (folder: string, { id, startedAt }: KnownSession): OpenRecording[] => {
  try {
    return [{ id, path: recordingPath(folder, id, startedAt) }]
  } catch {
    return []
  }
}

async function recoverRecording({ id, path }: OpenRecording, isKnown: boolean): Promise<Recovered | undefined> {
  const found = nothing()
  let [size, wasClosed] = [0, false]
  let problem: HoopError | undefined
  try {
    await using source = await Source.open(path)
    size = source.size
    wasClosed = await hasTrailer(source)
    if (wasClosed && !isKnown) return undefined
    await survey(source, found)
    if (!wasClosed) await closeAborted(path, found, size)
  } catch (error) {
    problem = asHoopError(error, 'RECORDING_UNREADABLE')
    // Its gateway died before it had written anything, and so before the session began.
    if (problem.code === 'NOT_FOUND' && !isKnown) return undefined
  }
  const { end, reason, by, time } =
    found.end ?? abortedEnd(found, problem ? 'its recording can’t be read to its end' : cutOff(found, size))
  return {
    id,
    path,
    end,
    ...(reason !== undefined && { reason }),
    ...(by && { by }),
    endedAt: time,
    counters: found.counters,
    torn: wasClosed || problem ? 0 : tornBytes(found, size),
    ...(wasClosed && { wasClosed: true as const }),
    ...(found.start && { start: found.start }),
    ...(problem && { problem }),
  }
}

const tornBytes = ({ chain }: Survivor, size: number): number => (chain ? size - chain.size : 0)

const cutOff = (found: Survivor, size: number): string | undefined => {
  const torn = tornBytes(found, size)
  return torn > 0 ? `${torn} bytes of an unfinished frame were cut off` : undefined
}

const abortedEnd = (found: Survivor, besides: string | undefined): EndEvent => {
  const { lastRefusal: _, ...counters } = found.counters
  const started = Date.parse(found.header?.created ?? '')
  return {
    type: 'end',
    at: found.last,
    time: new Date(Number.isNaN(started) ? Date.now() : started + found.last).toISOString(),
    end: 'aborted',
    reason: `the gateway stopped during the session${besides === undefined ? '' : `; ${besides}`}`,
    counters,
  }
}

/** @throws {HoopError} RECORDING_FAILED */
async function closeAborted(path: string, found: Survivor, size: number): Promise<void> {
  if (!found.chain) return
  await using file = await open(path, 'r+').catch((error: unknown) => {
    throw asHoopError(error, 'RECORDING_FAILED')
  })
  await file.truncate(found.chain.size)
  const writer = new FrameWriter(file.fd, { ...found.chain, sequence: found.chain.frames })
  if (!found.end) writer.append('events', JSON.stringify(abortedEnd(found, cutOff(found, size))) + '\n')
  const failure = finish(writer, found.index)
  if (failure) throw asHoopError(failure, 'RECORDING_FAILED')
  await file.datasync()
}
