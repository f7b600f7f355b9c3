import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { CountedApproval, CountedRefusal } from '../../lib/api/statements.js'
import { planned, type StatementFilter } from './filter.js'
import type { IndexTables } from './tables.js'
import { whole } from '../whole.js'

interface Row {
  readonly subject: string
  readonly name: string
  readonly code: string | null
  readonly rule: string | null
  readonly outcome: string | null
  readonly approved_by: string | null
  readonly count: number | bigint
  readonly first: number | bigint
  readonly last: number | bigint
}

/** So many kinds of them at most, those that came most often. */
const most = 200

const counted = async (
  db: Kysely<IndexTables>,
  filter: StatementFilter,
  which: RawBuilder<boolean>,
): Promise<readonly Row[]> => {
  const { conditions } = await planned(db, filter)
  const rows = await db
    .selectFrom('statements')
    .innerJoin('sessions', 'sessions.key', 'statements.session')
    .where(which)
    .where(conditions)
    .groupBy(['sessions.subject', 'statements.code', 'statements.rule', 'statements.outcome', 'statements.approved_by'])
    .select(['sessions.subject', 'statements.code', 'statements.rule', 'statements.outcome', 'statements.approved_by'])
    .select(sql<string>`max(sessions.name)`.as('name'))
    .select(sql<number>`count(*)`.as('count'))
    .select([sql<number>`min(statements.at)`.as('first'), sql<number>`max(statements.at)`.as('last')])
    .orderBy('count', 'desc')
    .limit(most)
    .execute()
  return rows
}

const common = ({ subject, name, rule, count, first, last }: Row) => ({
  ...{ subject, name, ...(rule !== null && { rule }), count: whole(count) },
  ...{ first: new Date(whole(first)).toISOString(), last: new Date(whole(last)).toISOString() },
})

/** Refused statements, by person, code and rule. @throws {HoopError} STORE_FAILED */
export const countedRefusals = async (
  db: Kysely<IndexTables>,
  filter: StatementFilter,
): Promise<readonly CountedRefusal[]> => {
  const rows = await counted(db, filter, sql`statements.verdict = 'refused'`)
  return rows.map((row) => ({ ...common(row), code: row.code ?? 'INTERNAL' }))
}

/** Statements that somebody had approved, by person, rule and who did. @throws {HoopError} STORE_FAILED */
export const countedApprovals = async (
  db: Kysely<IndexTables>,
  filter: StatementFilter,
): Promise<readonly CountedApproval[]> => {
  const rows = await counted(db, filter, sql`statements.approval is not null and statements.verdict <> 'refused'`)
  return rows.map((row) => ({
    ...common(row),
    ...(row.outcome !== null && { outcome: row.outcome }),
    by: row.approved_by === null ? [] : (JSON.parse(row.approved_by) as string[]),
  }))
}
