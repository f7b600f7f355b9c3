import { Spent } from '../budgets/lines.js'
import type { Portal, Request } from './requests.js'
import type { RelayState } from './state.js'

/** Cursors whose use is remembered. One that is forgotten begins a new statement's budget; the session's stays. */
const MAX_CURSORS = 1000

/** On which statement's account rows go: a Query's for all of its text, a portal's or cursor's for all that is fetched. */
export class Accounts {
  readonly #state: RelayState
  readonly #portal: (name: string) => Portal
  readonly #cursors = new Map<string, Spent>()

  constructor(state: RelayState, portal: (name: string) => Portal) {
    this.#state = state
    this.#portal = portal
  }

  /** What comes now is an answer to that request. */
  charge(head: Request | undefined): void {
    const meter = this.#state.metering?.meter
    if (!meter) return
    if (head?.kind === 'query')
      meter.use(this.#cursor(head.allowed[head.completed]?.cursor) ?? (head.spent ??= new Spent()), head.raise)
    else if (head?.kind === 'execute') {
      const portal = this.#portal(head.portal)
      meter.use(this.#cursor(portal.allowed?.cursor) ?? (portal.spent ??= new Spent()), portal.raise)
    } else if (head?.kind === 'describe') {
      const portal = head.of === 'P' ? this.#portal(head.name) : undefined
      meter.use(portal ? (portal.spent ??= new Spent()) : new Spent(), portal?.raise)
    }
  }

  /** A cursor was declared: its name begins anew. */
  declared(name: string): void {
    this.#cursors.delete(name)
  }

  #cursor(name: string | undefined): Spent | undefined {
    if (name === undefined) return undefined
    let spent = this.#cursors.get(name)
    if (!spent) {
      if (this.#cursors.size >= MAX_CURSORS) this.#cursors.delete(this.#cursors.keys().next().value!)
      this.#cursors.set(name, (spent = new Spent()))
    }
    return spent
  }
}
