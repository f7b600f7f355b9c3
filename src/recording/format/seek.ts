import { decodeTrailer } from './envelope.js'
import { type Chain, readFrames } from './frames.js'
import { at, hashLength, trailerLength } from './layout.js'
import { indexOf } from './lines.js'
import type { Source } from './source.js'
import { entryFor } from './statement-index.js'

/**
 * Where to start reading for a statement, by the index of a closed recording: the chain as the frame there claims it.
 * @returns undefined where there is no index or it names nothing so early
 */
export async function frameOf(source: Source, statement: number): Promise<Chain | undefined> {
  source.seek(Math.max(0, source.size - trailerLength))
  const trailer = decodeTrailer(await source.peek(trailerLength))
  if (!trailer) return undefined
  for await (const frame of readFrames(source, await claimedAt(source, trailer.indexOffset))) {
    const entry = frame.kind === 'index' ? entryFor(indexOf(frame), statement) : undefined
    return entry && claimedAt(source, entry[1])
  }
  return undefined
}

async function claimedAt(source: Source, offset: number): Promise<Chain> {
  source.seek(offset)
  const head = await source.peek(at.payload)
  const whole = head.length === at.payload
  return {
    frames: whole ? head.readUIntLE(at.sequence, 6) : 0,
    size: offset,
    head: head.toString('latin1', at.previous, at.previous + hashLength),
    closed: false,
    torn: 0,
  }
}
