import type { SessionEvent } from '../../lib/api/session-events.js'
import { jsonText } from '../text.js'
import { asciicast } from './asciicast.js'
import { csv } from './csv.js'
import { html } from './html.js'
import type { ExportOptions } from './options.js'
import { sqlScript } from './sql-script.js'

type Export = (events: AsyncIterable<SessionEvent>, options: ExportOptions) => AsyncIterable<string>

async function* jsonLines(events: AsyncIterable<SessionEvent>): AsyncGenerator<string> {
  for await (const event of events) yield `${jsonText(event)}\n`
}

/** What a session can be written as: text in pieces, in the order of its events. */
export const formats = {
  jsonl: jsonLines,
  csv,
  sql: sqlScript,
  asciicast,
  html,
} as const satisfies Readonly<Record<string, Export>>

export type Format = keyof typeof formats
