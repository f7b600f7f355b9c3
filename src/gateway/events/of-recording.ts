import type { LeafOf } from '../../ledger/leaves.js'
import type { ApprovalEvent, RefusalEvent, SessionEvent } from '../../recording/events.js'
import type { EventBody, EventFacts } from './schema.js'

/** Whose session it is, as its first leaf says. */
export type SessionOf = Pick<LeafOf<'session.start'>, 'session' | 'subject' | 'name' | 'connection' | 'startedAt'>

/** Names of a kind that are told; a statement that touches more is looked up. */
const most = 20

const touched = ({ kinds, reads, writes }: RefusalEvent) => ({
  ...(kinds && { kinds: kinds.slice(0, most) }),
  ...(reads && { reads: reads.slice(0, most) }),
  ...(writes && { writes: writes.slice(0, most) }),
})

const whose = ({ session, subject, name, connection }: SessionOf) => ({
  ...{ session, connection, person: { subject, name } },
})

type Time = { readonly time: string }

const refusedEvent = (at: Time, { n, code, sqlstate, rule, approval, ...event }: RefusalEvent, of: SessionOf) =>
  ({
    ...{ kind: 'statement.refused', ...at, ...whose(of), statement: n, code, sqlstate },
    ...touched(event as RefusalEvent),
    ...(rule !== undefined && { rule }),
    ...(approval !== undefined && { request: approval }),
  }) satisfies EventFacts

const approvalEvent = (at: Time, { id, rule, outcome, by }: ApprovalEvent, of: SessionOf): EventFacts => {
  const about = { ...at, ...whose(of), request: id, rule }
  const who: Pick<EventBody<'statement.approved'>, 'by'> = by
    ? { by: by.map(({ subject, name }) => ({ subject, name })) }
    : {}
  switch (outcome) {
    case 'requested':
      return { kind: 'statement.held', ...about }
    case 'approved':
    case 'standing':
    case 'break-glass':
      return { kind: 'statement.approved', ...about, how: outcome, ...who }
    case 'denied':
    case 'expired':
    case 'withdrawn':
      return { kind: 'statement.not-approved', ...about, how: outcome, ...who }
  }
}

/** What others are told of something recorded: no text and no value, both are looked up in the gateway by who may. */
export const factsOfRecorded = (event: SessionEvent, of: SessionOf): EventFacts | undefined => {
  if (event.type !== 'refusal' && event.type !== 'approval') return undefined
  const at = { time: new Date(Date.parse(of.startedAt) + event.at).toISOString() }
  return event.type === 'refusal' ? refusedEvent(at, event, of) : approvalEvent(at, event, of)
}
