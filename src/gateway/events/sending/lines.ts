import { deadline } from '../../../lib/deadline.js'
import { apart } from '../../ledger/copying/apart.js'
import type { GatewayEvent } from '../schema.js'
import type { Send } from '../target.js'

/** For one attempt, milliseconds. */
const patience = 10_000

const written = (events: readonly GatewayEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('')

/** Adds lines to a file, on disk when it returns. A process of its own does it: a share that hangs holds only that. */
export const toFile =
  (path: string): Send =>
  async (events, signal) =>
    void (await apart({ kind: 'lines', folder: path, lines: written(events) }, deadline(patience, signal)))

/** Prints lines. Writing to a pipe that nobody reads holds up the whole process, so another one does it. */
export const toStdout = (): Send => {
  let isTorn = false
  return async (events, signal) => {
    const lines = `${isTorn ? '\n' : ''}${written(events)}`
    isTorn = true
    await apart({ kind: 'print', folder: '(stdout)', lines }, deadline(patience, signal))
    isTorn = false
  }
}
