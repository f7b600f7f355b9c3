import { type Expression, type Kysely, type Selectable, sql } from 'kysely'
import { HoopError } from '../../lib/errors.js'
import type { RecordedStatement, StatementColumn, StatementPage, Verdict } from '../../lib/api/statements.js'
import { planned, type StatementFilter } from './filter.js'
import type { IndexTables } from './tables.js'
import { whole } from '../whole.js'

type Row = Selectable<IndexTables['statements']> &
  Pick<Selectable<IndexTables['sessions']>, 'id' | 'subject' | 'name' | 'owner' | 'owner_name' | 'connection'> & {
    readonly words: string
    readonly columns: string | null
    readonly reads: string
    readonly writes: string
  }

const parsed = <T>(json: string | null, without: T): T => (json === null ? without : (JSON.parse(json) as T))

const approvalOf = ({ approval, outcome, approved_by: by }: Row): Pick<RecordedStatement, 'approval'> =>
  approval === null
    ? {}
    : {
        approval: {
          id: approval,
          ...(outcome !== null && { outcome }),
          ...(by !== null && { by: parsed<string[]>(by, []) }),
        },
      }

const statementOf = (row: Row): RecordedStatement => ({
  session: row.id,
  n: whole(row.n),
  at: new Date(whole(row.at)).toISOString(),
  ...{ subject: row.subject, name: row.name, connection: row.connection },
  ...(row.owner !== null && { owner: { subject: row.owner, name: row.owner_name ?? row.owner } }),
  text: row.words,
  kinds: row.kinds === '' ? [] : row.kinds.split(' '),
  reads: parsed<string[]>(row.reads, []),
  writes: parsed<string[]>(row.writes, []),
  columns: parsed<StatementColumn[]>(row.columns, []),
  ...{ rows: whole(row.rows), bytes: whole(row.bytes), vectors: whole(row.vectors), masked: whole(row.masked) },
  seenClear: whole(row.clear) === 1,
  verdict: row.verdict as Verdict,
  ...(row.code !== null && { code: row.code }),
  ...(row.rule !== null && { rule: row.rule }),
  ...(row.sqlstate !== null && { sqlstate: row.sqlstate }),
  ...(row.duration !== null && { duration: row.duration }),
  ...approvalOf(row),
})

/** Names of tables that a statement reads or writes, as JSON. */
const names = (writes: 0 | 1) =>
  sql<string>`(select json_group_array(relations.name) from statement_tables join relations
    on relations.id = statement_tables.relation
    where statement_tables.statement = statements.key and statement_tables.writes = ${sql.lit(writes)})`

/**
 * One page of statements, newest first. What is recorded while somebody turns pages shifts nothing.
 * @param limit statements on the page, at least 1
 * @param cursor of the page before
 * @throws {HoopError} REQUEST_INVALID for a cursor that isn't one of ours; STORE_FAILED
 */
export const listStatements = async (
  db: Kysely<IndexTables>,
  filter: StatementFilter,
  limit: number,
  cursor?: string,
): Promise<Omit<StatementPage, 'incomplete'>> => {
  const { conditions, listed } = await planned(db, filter)
  let page = db.selectFrom('statements').select('statements.key').where(conditions)
  if (cursor !== undefined) {
    const { at, key } = after(cursor)
    page = page.where(sql<boolean>`(statements.at, statements.key) < (${at}, ${key})`)
  }
  // The plus keeps SQLite from going through all statements by time where it has a list of few.
  const order = listed ? sql`+statements.at` : sql`statements.at`
  page = page
    .orderBy(order, 'desc')
    .orderBy('statements.key', 'desc')
    .limit(limit + 1)
  const rows = await inFull(db, page)
    .orderBy(sql`+statements.at`, 'desc')
    .orderBy('statements.key', 'desc')
    .execute()
  const statements = rows.slice(0, limit).map(statementOf)
  const last = rows[limit - 1]
  return {
    statements,
    ...(rows.length > limit && last && { cursor: `${whole(last.at)}.${whole(last.key)}` }),
  }
}

/** @param keys of statements */
const inFull = (db: Kysely<IndexTables>, keys: Expression<unknown>) =>
  db
    .selectFrom('statements')
    .innerJoin('sessions', 'sessions.key', 'statements.session')
    .innerJoin('texts', 'texts.id', 'statements.text')
    .leftJoin('shapes', 'shapes.id', 'statements.shape')
    .where('statements.key', 'in', keys as never)
    .selectAll('statements')
    .select(['sessions.id', 'sessions.subject', 'sessions.name', 'sessions.owner', 'sessions.owner_name'])
    .select(['sessions.connection', 'texts.text as words', 'shapes.columns'])
    .select([names(0).as('reads'), names(1).as('writes')])

/** Those by which most rows left, largest first. @throws {HoopError} STORE_FAILED */
export const largestStatements = async (
  db: Kysely<IndexTables>,
  filter: StatementFilter,
  limit: number,
): Promise<readonly RecordedStatement[]> => {
  const { conditions } = await planned(db, filter)
  const largest = db
    .selectFrom('statements')
    .select('statements.key')
    .where(conditions)
    .where('statements.rows', '>', 0)
    .orderBy('statements.rows', 'desc')
    .limit(limit)
  const rows = await inFull(db, largest).orderBy('statements.rows', 'desc').orderBy('statements.key', 'desc').execute()
  return rows.map(statementOf)
}

const after = (cursor: string): { at: number; key: number } => {
  const [, at, key] = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor) ?? []
  if (at === undefined || key === undefined)
    throw new HoopError('REQUEST_INVALID', 'the cursor', { hint: 'Start again from the first page.' })
  return { at: Number(at), key: Number(key) }
}
