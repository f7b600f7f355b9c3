import type { MaybeWhole, Whole } from './whole.js'

/** Legal holds: what they cover is neither retired nor erased. */
export interface HoldsTable {
  id: string
  by_subject: string
  by_name: string
  reason: string
  placed_at: Whole
  /** Subject. */
  person: string | null
  person_name: string | null
  session: string | null
  since: MaybeWhole
  until: MaybeWhole
  /** When, by whom and why it was released, or null. */
  released_at: MaybeWhole
  released_by: string | null
  released_by_name: string | null
  released_reason: string | null
}
