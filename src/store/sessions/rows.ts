import type { Insertable, Selectable } from 'kysely'
import type { SessionCounters, SessionSummary } from '../../lib/api.js'
import type { SessionsTable } from '../schema.js'
import type { Sealing, SealedValue, Seals } from '../seals.js'
import { isoTime, whole } from '../whole.js'

/** Counters as columns. A value that isn't a whole number of at least 0 would be our defect; it is cut to one. */
export const counterColumns = (counters: SessionCounters) => {
  const count = (value: number) => Math.max(0, Math.min(Math.trunc(value) || 0, Number.MAX_SAFE_INTEGER))
  return {
    statements: count(counters.statements),
    refused: count(counters.refused),
    errors: count(counters.errors),
    rows: count(counters.rows),
    bytes: count(counters.bytes),
    masked: count(counters.masked),
    observed: count(counters.observed ?? 0),
    last_refusal: counters.lastRefusal ?? null,
  }
}

export const sessionRow = (session: SessionSummary): Insertable<SessionsTable> => ({
  id: session.id,
  subject: session.subject,
  name: session.name,
  connection: session.connection,
  grant_id: session.grantId,
  client_application: session.clientApplication ?? null,
  client_address: session.clientAddress ?? null,
  started_at: Date.parse(session.startedAt),
  ended_at: session.endedAt === undefined ? null : Date.parse(session.endedAt),
  end: session.end ?? null,
  reason: session.reason ?? null,
  ended_by: session.endedBy?.subject ?? null,
  ended_by_name: session.endedBy?.name ?? null,
  ...counterColumns(session.counters),
  policy_hash: session.policyHash,
  seen_clear: session.seenClear ? 1 : 0,
  owner: session.owner?.subject ?? null,
  owner_name: session.owner?.name ?? null,
})

type SessionRow = Selectable<SessionsTable>
type Start = 'subject' | 'name' | 'owner' | 'owner_name' | 'connection' | 'grant_id' | 'policy_hash' | 'started_at'
type End = 'end' | 'ended_at' | 'reason' | 'ended_by' | 'ended_by_name'
type Values<Name extends keyof SessionsTable = Start | End> = Readonly<Record<Name | 'id', SealedValue>>

/** What the ledger is told of a session's beginning. */
const startValues = (row: Values<Start>): SealedValue[] => [
  ...[row.id, row.subject, row.name, row.owner, row.owner_name],
  ...[row.connection, row.grant_id, row.policy_hash, row.started_at],
]

/** What the ledger is told of its end. */
const endValues = (row: Values<End>): SealedValue[] => [
  ...[row.id, row.end, row.ended_at, row.reason, row.ended_by, row.ended_by_name],
]

/** The end of a session's row, sealed. @param endedAt milliseconds since 1970 */
export const endColumns = (
  { id, ...ended }: Pick<SessionRow, 'id' | Exclude<End, 'ended_at'>> & { readonly ended_at: number },
  seals: Sealing | undefined,
) => ({ ...ended, end_seal: seals?.seal('session.end', endValues({ id, ...ended })) ?? null })

/** A session's row, sealed as what this gateway knows of it. */
export const sealedRow = (session: SessionSummary, seals: Sealing | undefined): Insertable<SessionsTable> => {
  const row = sessionRow(session)
  if (!seals) return row
  const values = row as Values
  return {
    ...row,
    start_seal: seals.seal('session.start', startValues(values)),
    end_seal: row.ended_at === null ? null : seals.seal('session.end', endValues(values)),
  }
}

/** Which of what a session's row says of its beginning and its end is as a gateway that has the key has written it. */
export const madeOf = (
  row: SessionRow,
  seals: Pick<Seals, 'isRight'>,
): { readonly start: boolean; readonly end: boolean } => ({
  start: seals.isRight('session.start', startValues(row), row.start_seal),
  end: seals.isRight('session.end', endValues(row), row.end_seal),
})

export const sessionOf = (row: Selectable<SessionsTable>): SessionSummary => ({
  id: row.id,
  subject: row.subject,
  name: row.name,
  ...(row.owner !== null && { owner: { subject: row.owner, name: row.owner_name ?? row.owner } }),
  connection: row.connection,
  grantId: row.grant_id,
  ...(row.client_application !== null && { clientApplication: row.client_application }),
  ...(row.client_address !== null && { clientAddress: row.client_address }),
  startedAt: isoTime(row.started_at),
  ...(row.ended_at !== null && { endedAt: isoTime(row.ended_at) }),
  ...(row.end !== null && { end: row.end }),
  ...(row.reason !== null && { reason: row.reason }),
  ...(row.ended_by !== null && { endedBy: { subject: row.ended_by, name: row.ended_by_name ?? row.ended_by } }),
  counters: {
    statements: whole(row.statements),
    refused: whole(row.refused),
    errors: whole(row.errors),
    rows: whole(row.rows),
    bytes: whole(row.bytes),
    masked: whole(row.masked),
    ...(whole(row.observed) > 0 && { observed: whole(row.observed) }),
    ...(row.last_refusal !== null && { lastRefusal: row.last_refusal }),
  },
  policyHash: row.policy_hash,
  seenClear: whole(row.seen_clear) === 1,
  ...(row.removed !== null &&
    row.removed !== undefined && { removed: { how: row.removed, at: isoTime(row.removed_at ?? 0) } }),
})
