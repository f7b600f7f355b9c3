import { RecordingDamage } from './damage.js'
import type { SessionEvent } from '../events.js'
import type { Frame } from './frames.js'
import type { RecordingIndex } from './statement-index.js'

const parse = (json: string, offset: number): unknown => {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw new RecordingDamage(offset, 'a frame holds no JSON', cause)
  }
}

// Deeper checks would repeat the writer's types; what reads events treats their text as hostile all the same.
const event = (value: unknown, offset: number): SessionEvent => {
  const whole = typeof value === 'object' && value !== null && 'type' in value && 'at' in value
  if (!whole || typeof value.type !== 'string' || typeof value.at !== 'number') {
    throw new RecordingDamage(offset, 'a frame holds something other than events')
  }
  return value as SessionEvent
}

/** @throws {RecordingDamage} */
export const eventsOf = ({ content, offset }: Frame): SessionEvent[] =>
  content
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => event(parse(line, offset), offset))

/** @throws {RecordingDamage} */
export const indexOf = ({ content, offset }: Frame): RecordingIndex =>
  parse(content.toString(), offset) as RecordingIndex
