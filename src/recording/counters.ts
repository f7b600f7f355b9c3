import type { SessionCounters } from '../lib/api.js'
import type { SessionEvent } from './events.js'

/** Counts what a session did, from its events. */
export class EventCounter {
  #counters: SessionCounters = { statements: 0, refused: 0, errors: 0, rows: 0, bytes: 0, masked: 0 }

  add(event: SessionEvent): void {
    const now = this.#counters
    if (event.type === 'statement') {
      const observed = (now.observed ?? 0) + (event.observed ? 1 : 0)
      this.#counters = { ...now, statements: now.statements + 1, ...(observed > 0 && { observed }) }
    }
    if (event.type === 'refusal') {
      this.#counters = { ...now, refused: now.refused + 1, lastRefusal: event.message }
    }
    if (event.type !== 'result') return
    this.#counters = {
      ...now,
      errors: now.errors + (event.sqlstate ? 1 : 0),
      rows: now.rows + event.rows,
      bytes: now.bytes + event.bytes,
      masked: now.masked + event.masked,
    }
  }

  get counters(): SessionCounters {
    return this.#counters
  }
}
