import { RecordingDamage } from './damage.js'
import type { SessionEvent } from './events.js'
import type { Frame } from './frames.js'
import type { RecordingIndex } from './statement-index.js'

const parse = (json: string, offset: number): unknown => {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw new RecordingDamage(offset, 'a frame holds no JSON', cause)
  }
}

/** @throws {RecordingDamage} */
export const eventsOf = ({ content, offset }: Frame): SessionEvent[] =>
  content
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parse(line, offset) as SessionEvent)

/** @throws {RecordingDamage} */
export const indexOf = ({ content, offset }: Frame): RecordingIndex =>
  parse(content.toString(), offset) as RecordingIndex
