import type { SessionEvent } from '../../lib/api/session-events.js'

/** An event that the viewer wants to see next; what comes before it is passed over. */
export type Aim = (event: SessionEvent) => boolean

/** A refusal, or what the server refused. */
export const failure: Aim = (event) =>
  event.type === 'refusal' || (event.type === 'result' && event.sqlstate !== undefined)

/** Something that was not shown as it is. */
export const masked: Aim = (event) =>
  event.type === 'result' && (event.masked > 0 || (event.columns ?? []).some(({ mask }) => mask !== undefined))

/** A statement, refusal, notice or error that has a text in it, in any case. */
export const containing = (text: string): Aim => {
  const wanted = text.toLowerCase()
  return (event) =>
    [
      (event.type === 'statement' || event.type === 'refusal') && event.text,
      (event.type === 'refusal' || event.type === 'notice' || event.type === 'result') && event.message,
    ].some((found) => typeof found === 'string' && found.toLowerCase().includes(wanted))
}
