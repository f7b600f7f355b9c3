import type { SessionEvent } from './events.js'
import { readFrames, readHeader } from './format/frames.js'
import { eventsOf } from './format/lines.js'
import { Source } from './format/source.js'

/** Where somebody who searches would expect to find a word: what was asked, what was refused and why, what went wrong. */
const searched = (event: SessionEvent): readonly (string | undefined)[] => {
  switch (event.type) {
    case 'statement':
      return [event.text, ...(event.parameters ?? []).map((value) => (typeof value === 'string' ? value : undefined))]
    case 'refusal':
      return [event.text, event.message, event.rule]
    case 'approval':
      return [
        ...[event.id, event.text, ...(event.meaning?.named ?? []), event.rule, event.reason],
        ...(event.by ?? []).map(({ reason }) => reason),
      ]
    case 'result':
      return [event.message]
    case 'start':
    case 'notice':
    case 'cancel':
    case 'end':
      return []
  }
}

/**
 * Whether a recording's statements, text parameters, refusals or errors contain a text, in any case.
 * @throws {HoopError} NOT_FOUND; RECORDING_DAMAGED where nothing was found before the damage
 */
export async function recordingMatches(path: string, text: string): Promise<boolean> {
  const wanted = text.toLowerCase()
  // The same text as JSON writes it: frames that don't have it anywhere needn't be parsed.
  const written = JSON.stringify(wanted).slice(1, -1)
  await using source = await Source.open(path)
  const { chain } = await readHeader(source)
  for await (const frame of readFrames(source, chain)) {
    if (frame.kind !== 'events' || !frame.content.toString().toLowerCase().includes(written)) continue
    for (const event of eventsOf(frame)) {
      if (searched(event).some((value) => value?.toLowerCase().includes(wanted))) return true
    }
  }
  return false
}
