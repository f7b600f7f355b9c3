import { HoopError } from '../../../../lib/errors.js'
import type { Outbox } from '../../../../wire/outbox.js'
import { refusalOf } from '../../refusal.js'
import { isWithheld, type Withheld } from '../modes.js'
import type { State } from '../state.js'

/** Why a result is being withheld, where it is. */
export const withheldBy = ({ answering }: State): Withheld | undefined =>
  isWithheld(answering) ? answering : undefined

/** Nothing more of the result at hand goes to the client. The first error stays. */
export const withhold = (state: State, kind: Withheld['kind'], error: HoopError): false => {
  const known = withheldBy(state)
  // An extended query whose Sync is not on its way: what the client sends before it must not be run.
  const whole = state.head()?.kind === 'query' || state.head()?.kind === 'function'
  const dropping = !whole && !state.queue.some((request) => request.kind === 'sync')
  if (known) state.answer({ ...known, kind: known.kind === 'overBudget' ? known.kind : kind })
  else state.answer({ kind, error, told: false, dropping })
  return false
}

/** Tells the client, once. @param finished the server had done what it was asked by then */
export const tell = (state: State, out: Outbox, finished: boolean): void => {
  const withheld = withheldBy(state)
  if (!withheld || withheld.told) return
  state.answer({ ...withheld, told: true })
  const { code, about, hint, detail } = withheld.error
  const whole = finished ? [detail, 'The server had already finished: effects of the statement stand.'] : [detail]
  const words = whole.filter(Boolean).join(' ')
  out.put(refusalOf(new HoopError(code, about, { hint, ...(words ? { detail: words } : {}) })))
}

/** The server has ended what it was to be cancelled in. */
export const ranOut = (state: State): void => {
  const withheld = withheldBy(state)
  if (withheld?.kind === 'overBudget') state.answer({ ...withheld, kind: 'withheld' })
}
