import type { PGlite } from '@electric-sql/pglite'
import { sync } from './frames.js'
import { heldIn, putBack, type SessionState } from './state.js'

/** One that may have the backend. */
export interface Member {
  /** What it had when another one took its turn. */
  state: SessionState
  /** Messages by which the protocol has prepared something, by its name. */
  readonly parsed: ReadonlyMap<string, Buffer>
  /** It doesn't mind what another session keeps there. */
  readonly looks: boolean
  /** Is told once why it waits. */
  waits(why: string): void
}

interface Waiter {
  readonly member: Member
  readonly since: number
  readonly has: () => void
}

/** Waiting for somebody's statement is no news. Milliseconds. */
const NEWS = 1000

const transaction = 'is in a transaction'

/**
 * Whose turn it is at the one backend. A session has it from its first message to its ReadyForQuery outside of a transaction;
 * what it has set and prepared is taken out for the next one and put back when it comes again. What can't be taken out (temporary
 * tables, cursors, locks, LISTEN) it keeps the backend for, and the others are told.
 */
export class Turns {
  /** What a session begins with. */
  readonly first: SessionState
  readonly #database: PGlite
  readonly #waiting: Waiter[] = []
  /** Whose settings and names the backend has. */
  #owner: Member | undefined
  /** Whose turn it is, and whether they are at something. */
  #running: Member | undefined
  #busy = false
  /** Somebody has had a look since its owner had its turn. */
  #looked = false
  #why = transaction
  /** Changes of turns, one after the other. */
  #changes: Promise<void> = Promise.resolve()
  #changing = 0

  private constructor(database: PGlite, first: SessionState) {
    this.#database = database
    this.first = first
    setInterval(() => this.#tell(), NEWS).unref()
  }

  static async of(database: PGlite): Promise<Turns> {
    return new Turns(database, (await heldIn(database)).state)
  }

  /** Resolves when it is the member's turn. */
  async take(member: Member): Promise<void> {
    if (this.#changing === 0 && this.#running === member) {
      this.#busy = true
      return
    }
    const turn = new Promise<void>((has) => this.#waiting.push({ member, since: Date.now(), has }))
    void this.#change(() => this.#grant())
    await turn
  }

  /** Whose turn it is has nothing under way. */
  rest(): void {
    this.#busy = false
    // A look is over: what comes next of whoever had it is asked for anew.
    if (this.#running !== this.#owner) {
      this.#running = undefined
      this.#looked = true
    }
    if (this.#waiting.length > 0) void this.#change(() => this.#grant())
  }

  /** A member has gone; nothing of what it had stays. */
  async leave(member: Member): Promise<void> {
    await this.#change(async () => {
      const at = this.#waiting.findIndex((each) => each.member === member)
      if (at >= 0) this.#waiting.splice(at, 1)
      if (this.#owner === member) {
        for (const text of ['ROLLBACK', 'RESET SESSION AUTHORIZATION', 'DISCARD ALL'])
          await this.#database.exec(text).catch(() => undefined)
        this.#owner = undefined
      }
      if (this.#running === member) {
        this.#running = undefined
        this.#busy = false
      }
      await this.#grant()
    })
  }

  #change(work: () => Promise<void>): Promise<void> {
    this.#changing++
    const done = this.#changes.then(work).finally(() => this.#changing--)
    this.#changes = done.catch(() => undefined)
    return done
  }

  async #grant(): Promise<void> {
    if (this.#busy) return
    const next = await this.#next()
    if (!next) return
    this.#waiting.splice(this.#waiting.indexOf(next), 1)
    this.#running = next.member
    this.#busy = true
    if (next.member === this.#owner) this.#looked = false
    next.has()
  }

  /** The first of those who wait that may have it; it has found what is its own. */
  async #next(): Promise<Waiter | undefined> {
    const [first] = this.#waiting
    const owner = this.#owner
    if (!first) return undefined
    if (owner && first.member !== owner) {
      const { state, why } = await heldIn(this.#database)
      this.#why = why ?? transaction
      if (why !== undefined) {
        const next = this.#waiting.find(({ member }) => member === owner || member.looks)
        if (next?.member === owner) await this.#again(owner)
        return next
      }
      owner.state = state
    }
    if (first.member === owner) await this.#again(owner)
    else await putBack(this.#database, first.member.state, first.member.parsed)
    this.#owner = first.member
    return first
  }

  /** Whoever had a look meanwhile has left an unnamed statement of its own. */
  async #again(owner: Member): Promise<void> {
    const unnamed = owner.parsed.get('')
    if (this.#looked && unnamed) await this.#database.execProtocolRaw(Buffer.concat([unnamed, sync]))
  }

  #tell(): void {
    for (const { member, since } of this.#waiting)
      if (member !== this.#owner && Date.now() - since >= NEWS) member.waits(this.#why)
  }
}
