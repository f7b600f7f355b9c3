import type { Hold, HoldScope } from '../../lib/api/holds.js'

const local = (time: string): string => new Date(time).toLocaleString('sv-SE')

/** `casey@example.com, since 2026-11-01 00:00:00` */
export const scopeText = ({ person, session, since, until }: HoldScope): string =>
  [
    ...(person ? [person.name] : []),
    ...(session === undefined ? [] : [`session ${session}`]),
    ...(since === undefined ? [] : [`since ${local(since)}`]),
    ...(until === undefined ? [] : [`until ${local(until)}`]),
  ].join(', ')

export const holdHeadings = ['id', 'placed', 'by', 'holds', 'sessions', 'reason', 'released']

export const holdRow = (hold: Hold) => [
  ...[hold.id, local(hold.placedAt), hold.by.name, scopeText(hold), hold.sessions, hold.reason],
  hold.released && `${local(hold.released.at)} by ${hold.released.by.name}: ${hold.released.reason}`,
]
