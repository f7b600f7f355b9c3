import type { HoopError } from '../../../lib/errors.js'
import type { Wants } from './suspension/suspension.js'

/** What the machine can't do, since it has no sockets, clocks or promises: for whoever drives it, in this order. */
export type Command =
  /** Get what a suspended request wants from outside, and `resume` with it. */
  | {
      readonly kind: 'hold'
      readonly wants: Exclude<Wants, { kind: 'estimate' | 'answers' | 'witness' | 'standing' | 'turn' }>
      readonly inTransaction: boolean
      /** Something may be locked meanwhile: more than BEGIN was sent. */
      readonly locks: boolean
    }
  /** Let others have their turn, and the server take what is there; then `resume`. */
  | { readonly kind: 'turn' }
  /** Nobody waits for that any more: let it go, and `resume` with a refusal. */
  | { readonly kind: 'withdraw'; readonly error: HoopError }
  /** The answers to what `ask` was given. */
  | { readonly kind: 'told'; readonly answers: readonly (string | undefined)[] | HoopError }
  /** Cancel upstream until the machine no longer runs over its budget. */
  | { readonly kind: 'cancel' }
  /** Read the catalog again, when there is time, and say `renewed` with the number of the change, where there is one. */
  | { readonly kind: 'renew'; readonly change?: number }
  /** The session can't go on. */
  | { readonly kind: 'end'; readonly error: HoopError }
