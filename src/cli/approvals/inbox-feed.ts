import { type Approval, valid } from '../../lib/api/approvals.js'
import { asHoopError } from '../../lib/errors.js'
import type { InboxAction, InboxVote } from './inbox.js'
import type { InboxFeed } from '../views/inbox.js'

export interface InboxOptions {
  readonly person: string
  readonly gateway: string
  /** @throws {HoopError} where it doesn't count */
  send(id: string, vote: InboxVote, reason: string | undefined): Promise<Approval>
  quit(): void
}

interface Look {
  readonly open: readonly Approval[]
  readonly problem?: string
}

/** What is behind the live inbox: the requests of the moment, and what is done about them. */
export class Inbox implements InboxFeed {
  readonly person: string
  readonly gateway: string
  /** What was decided here. */
  readonly done: string[] = []
  readonly #options: InboxOptions
  #look: Look = { open: [] }
  readonly #watchers = new Set<() => void>()

  constructor(options: InboxOptions) {
    this.person = options.person
    this.gateway = options.gateway
    this.#options = options
  }

  now(): { open: readonly Approval[]; problem: string | undefined } {
    return { open: this.#look.open, problem: this.#look.problem }
  }

  subscribe(changed: () => void): () => void {
    this.#watchers.add(changed)
    return () => void this.#watchers.delete(changed)
  }

  async follow(looks: AsyncIterable<Look>): Promise<void> {
    for await (const look of looks) {
      this.#look = look
      for (const changed of this.#watchers) changed()
    }
  }

  async act({ id, vote, reason }: Exclude<InboxAction, 'quit'>): Promise<string> {
    try {
      const one = await this.#options.send(id, vote, reason)
      const more = one.needed - valid(one.votes).length
      const said =
        one.state === 'open'
          ? `Your approval of ${id} counts; it takes ${more} more.`
          : `${vote === 'approve' ? 'Approved' : 'Denied'}: ${id}, a statement of ${one.name} on ${one.connection}.`
      this.done.push(said)
      return said
    } catch (error) {
      return `${asHoopError(error).message}.`
    }
  }

  quit(): void {
    this.#options.quit()
  }
}
