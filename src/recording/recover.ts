import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { SessionCounters } from '../lib/api.js'
import { asHoopError, type HoopError } from '../lib/errors.js'
import type { EndEvent, StartEvent } from './events.js'
import { extension } from './paths.js'
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
  /** ISO 8601: when the last thing that is known of the session happened. */
  readonly endedAt: string
  readonly counters: SessionCounters
  /** Bytes of an unfinished frame that were cut off. */
  readonly torn: number
  readonly start?: StartEvent
  /** The file can't be read to its end, or can't be written. Then it was left as it is. */
  readonly problem?: HoopError
}

/**
 * At a gateway's start, before it opens sessions: closes every recording that has no trailer, so that each says how its
 * session ended. Nothing whole is removed; a file that is damaged in its middle is reported and left alone. No other
 * gateway may write into the folder meanwhile.
 * @throws {HoopError} RECORDING_FAILED where the folder can't be read
 */
export async function* recoverRecordings(folder: string): AsyncGenerator<Recovered, void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw asHoopError(error, 'RECORDING_FAILED')
  })
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith(extension)) continue
    const recovered = await recoverRecording(join(entry.parentPath, entry.name), entry.name.slice(0, -extension.length))
    if (recovered) yield recovered
  }
}

async function recoverRecording(path: string, id: string): Promise<Recovered | undefined> {
  await using source = await Source.open(path)
  if (await hasTrailer(source)) return undefined
  const found = nothing()
  const problem = await survey(source, found)
    .then(() => closeAborted(path, found, source.size))
    .catch((error: unknown) => asHoopError(error, 'RECORDING_FAILED'))
  const { end, reason, time } = found.end ?? abortedEnd(found, source.size)
  return {
    id,
    path,
    end,
    ...(reason !== undefined && { reason }),
    endedAt: time,
    counters: found.counters,
    torn: tornBytes(found, source.size),
    ...(found.start && { start: found.start }),
    ...(problem && { problem }),
  }
}

const tornBytes = ({ chain }: Survivor, size: number): number => (chain ? size - chain.size : 0)

const abortedEnd = (found: Survivor, size: number): EndEvent => {
  const torn = tornBytes(found, size)
  const { lastRefusal: _, ...counters } = found.counters
  const started = Date.parse(found.header?.created ?? '')
  return {
    type: 'end',
    at: found.last,
    time: new Date(Number.isNaN(started) ? Date.now() : started + found.last).toISOString(),
    end: 'aborted',
    reason: `the gateway stopped during the session${torn > 0 ? `; ${torn} bytes of an unfinished frame were cut off` : ''}`,
    counters,
  }
}

/** @throws {HoopError} RECORDING_FAILED */
async function closeAborted(path: string, found: Survivor, size: number): Promise<undefined> {
  if (!found.chain) return
  await using file = await open(path, 'r+')
  await file.truncate(found.chain.size)
  const writer = new FrameWriter(file.fd, { ...found.chain, sequence: found.chain.frames })
  if (!found.end) writer.append('events', JSON.stringify(abortedEnd(found, size)) + '\n')
  const failure = finish(writer, found.index)
  if (failure) throw asHoopError(failure, 'RECORDING_FAILED')
  await file.datasync()
}
