import { styleText } from 'node:util'
import type { SessionEvent } from '../../lib/api/session-events.js'
import { Transcript } from '../replay/transcript.js'
import { clip, jsonText, plain, width } from '../text.js'

const terminal = { cols: 120, rows: 36 }

/** Rows of a result that fit such a terminal beside its statement. */
const rowsShown = 20

/** Longest pause in a player, seconds; the times in the file are the real ones. */
const idleLimit = 2

const header = (event: SessionEvent | undefined): string =>
  jsonText({
    version: 3,
    term: terminal,
    idle_time_limit: idleLimit,
    ...(event?.type === 'start' && {
      timestamp: Math.floor(Date.parse(event.time) / 1000),
      title: plain(`${event.name} on ${event.connection}, session ${event.session}`),
    }),
  }) + '\n'

/** What a player can jump to. */
const marker = (event: SessionEvent): string | undefined => {
  if (event.type !== 'statement' && event.type !== 'refusal') return undefined
  const refused = event.type === 'refusal' ? 'refused: ' : ''
  return clip(`#${event.n} ${refused}${plain(event.text.slice(0, 200))}`, 80)
}

/**
 * A session as a recording of a terminal, which asciinema plays. Statements are markers.
 * @see asciicast v3, https://docs.asciinema.org/manual/asciicast/v3/
 */
export async function* asciicast(events: AsyncIterable<SessionEvent>): AsyncGenerator<string> {
  const screen = {
    ...{ plain, width },
    paint: (style: Parameters<typeof styleText>[0], text: string) => styleText(style, text, { validateStream: false }),
  }
  const transcript = new Transcript(screen, { rows: rowsShown })
  let before = 0
  let begun = false
  const since = (at: number): number => {
    const seconds = Math.max(0, at - before) / 1000
    before = Math.max(before, at)
    return Math.round(seconds * 1e6) / 1e6
  }
  for await (const event of events) {
    if (!begun) yield header(event)
    begun = true
    const mark = marker(event)
    if (mark !== undefined) yield `${jsonText([since(event.at), 'm', mark])}\n`
    const text = transcript.write(event)
    if (text !== '') yield `${jsonText([since(event.at), 'o', text.replaceAll('\n', '\r\n')])}\n`
  }
  if (!begun) yield header(undefined)
}
