import type { SessionCounters } from '../lib/api.js'
import { EventCounter } from './counters.js'
import { decodeTrailer, type RecordingHeader } from './format/envelope.js'
import type { EndEvent, StartEvent } from './events.js'
import { type Chain, readFrames, readHeader } from './format/frames.js'
import { trailerLength } from './format/layout.js'
import { eventsOf } from './format/lines.js'
import type { Source } from './format/source.js'
import { StatementIndex } from './format/statement-index.js'

/** What is left of a recording that nobody closed. Filled as the file is read, so that damage leaves what came before. */
export interface Survivor {
  /** After the last whole frame of events. */
  chain: Chain | undefined
  header: RecordingHeader | undefined
  start: StartEvent | undefined
  end: EndEvent | undefined
  counters: SessionCounters
  /** When the last event happened, ms since the session's start. */
  last: number
  readonly index: StatementIndex
}

export const nothing = (): Survivor => ({
  chain: undefined,
  header: undefined,
  start: undefined,
  end: undefined,
  counters: new EventCounter().counters,
  last: 0,
  index: new StatementIndex(),
})

/** Whether a recording was closed. Its middle isn't looked at: that is verification. */
export async function hasTrailer(source: Source): Promise<boolean> {
  source.seek(Math.max(0, source.size - trailerLength))
  const found = decodeTrailer(await source.peek(trailerLength)) !== undefined
  source.seek(0)
  return found
}

/** @throws {HoopError} RECORDING_DAMAGED */
export async function survey(source: Source, found: Survivor): Promise<void> {
  const counter = new EventCounter()
  const { header, chain } = await readHeader(source)
  found.header = header
  found.chain = { ...chain }
  for await (const frame of readFrames(source, chain)) {
    // An index without its trailer is written anew.
    if (frame.kind === 'index') return
    let statement = 0
    for (const event of eventsOf(frame)) {
      counter.add(event)
      found.last = event.at
      if (event.type === 'start') found.start = event
      if (event.type === 'end') found.end = event
      if (event.type === 'statement') statement ||= event.n
    }
    if (statement) found.index.add(statement, frame.offset)
    found.counters = counter.counters
    found.chain = { ...chain }
  }
}
