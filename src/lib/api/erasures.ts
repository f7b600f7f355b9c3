import type { Actor } from '../api.js'

/** `POST /v1/audit/erasures` body → Erased; for admins. */
export interface EraseRequest {
  /** Subject, or name of one person in any case. */
  readonly person: string
  readonly reason: string
  /** Say what would be erased, and erase nothing. */
  readonly dry?: boolean
}

/** What was erased of a person, or would be. */
export interface Erased {
  readonly person: Actor
  /** Number of the act; absent where nothing was erased. */
  readonly act?: number
  /** Sessions whose recording, statements and leaves are gone. */
  readonly sessions: number
  /** Sessions that stay since they are on hold, and since they go on. */
  readonly held: number
  readonly live: number
  /** Sessions that stay since their recording isn't what the ledger has: that is evidence. */
  readonly differing: readonly { readonly session: string; readonly why: string }[]
}
