import { Used } from '../../../budgets/budgets.js'
import type { Meter } from '../../../budgets/meter.js'
import { type Request, statementAt } from '../requests.js'
import type { State } from '../state.js'

/** What a cursor has used, where FETCH names one: all that is fetched from it counts as one statement. */
const ofCursor = ({ names }: State, name: string | undefined): Used | undefined => {
  if (name === undefined) return undefined
  return (names.portal(name).used ??= new Used())
}

/** On whose account rows go that come now: a Query's for all of its text, a portal's or cursor's for all that is fetched. */
export const meter = (state: State, counts: Meter, head: Request | undefined): void => {
  if (head?.kind === 'query')
    counts.use(
      ofCursor(state, statementAt(head)?.cursor) ?? (head.used ??= new Used()),
      head.admission?.raise,
      head.admission?.searches,
    )
  else if (head?.kind === 'function') counts.use((head.used ??= new Used()), head.raise)
  else if (head?.kind === 'execute') {
    const portal = state.names.portal(head.portal)
    counts.use(ofCursor(state, portal.facts?.cursor) ?? (portal.used ??= new Used()), portal.raise, portal.searches)
  } else if (head?.kind === 'describe') {
    const portal = head.of === 'P' ? state.names.portal(head.name) : undefined
    counts.use(portal ? (portal.used ??= new Used()) : new Used(), portal?.raise, portal?.searches)
  }
}
