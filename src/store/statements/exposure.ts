import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Exposure, ExposedColumn, ExposedPerson, ExposedTable, Left, Timeline } from '../../lib/api/statements.js'
import { folded } from '../folded.js'
import { countedApprovals, countedRefusals } from './beside.js'
import type { StatementFilter } from './filter.js'
import { largestStatements } from './list.js'
import type { IndexTables } from './tables.js'
import { whole } from '../whole.js'
import { hour } from './writing/form.js'

export type ExposureFilter = Pick<StatementFilter, 'subject' | 'person' | 'connection' | 'table' | 'since' | 'until'>

/** A number as SQLite gives it. */
type Count = number | bigint

interface Row {
  readonly subject: string
  readonly name: string
  readonly owner: string | null
  readonly owner_name: string | null
  readonly column: Count
  readonly what: string | null
  readonly masked: Count
  readonly rows: Count
  readonly bytes: Count
  readonly vectors: Count
  readonly statements: Count
  readonly first: Count
  readonly last: Count
  readonly sessions: Count
}

const all: RawBuilder<unknown> = sql`1`

/** Sessions that are asked about. */
const sessionsOf = ({ subject, person, connection }: ExposureFilter): RawBuilder<unknown> => {
  const conditions = [
    ...(subject === undefined ? [] : [sql`(subject = ${subject} or owner = ${subject})`]),
    ...(person === undefined
      ? []
      : [
          sql`(subject = ${person} or owner = ${person} or lower(name) = ${folded(person)} or lower(owner_name) = ${folded(person)})`,
        ]),
    ...(connection === undefined ? [] : [sql`connection = ${connection}`]),
  ]
  return conditions.length === 0
    ? all
    : sql`session in (select key from sessions where ${sql.join(conditions, sql` and `)})`
}

/** Tables that are asked about, by name or by the end of one. */
const relationsOf = (table: string): RawBuilder<unknown> => {
  const name = folded(table)
  const end = `%.${name.replaceAll(/[\\%_]/g, String.raw`\$&`)}`
  return sql`select id from relations where lower(name) = ${name} or lower(name) like ${end} escape '\\'`
}

const columnsOf = ({ table }: ExposureFilter): RawBuilder<unknown> =>
  table === undefined
    ? all
    : sql`(column in (select id from columns where relation in (${relationsOf(table)}))
        or -column in (${relationsOf(table)}))`

/**
 * What was shown, one row for each session, column and way: whole hours are added up already, and what lies in an hour
 * that is asked about in part is added up from its statements. So the sums are exact, whatever the times are.
 */
const shown = (filter: ExposureFilter): RawBuilder<unknown> => {
  const { since, until } = filter
  const from = since === undefined ? undefined : Math.ceil(since / hour)
  const to = until === undefined ? undefined : Math.floor(until / hour)
  const within = sql`${from === undefined ? all : sql`hour >= ${from}`} and ${to === undefined ? all : sql`hour < ${to}`}`
  const hours = sql`select session, column, hour, masked, rows, bytes, vectors, statements, first, last from hours
    where ${sessionsOf(filter)} and ${columnsOf(filter)} and ${within}`
  const edges = edgesOf(since, until, from, to)
  if (edges.length === 0) return hours
  const at = sql`(${sql.join(
    edges.map(([start, end]) => sql`(at >= ${start} and at < ${end})`),
    sql` or `,
  )}) and ${sessionsOf(filter)}`
  const some = sql`at / ${sql.lit(hour)} as hour`
  const detailed = sql`
    select session, column, ${some}, s.masked, s.rows, s.bytes, s.vectors, 1, at, at
      from statements join shown s on s.statement = statements.key where ${at}
    union all select session, -relation, ${some}, 2, t.rows, t.bytes, t.vectors, 1, at, at
      from statements join statement_tables t on t.statement = statements.key where t.writes = 0 and ${at}
    union all select session, 0, ${some}, 2, rows, bytes, vectors, 1, at, at from statements where ${at}`
  return sql`${hours} union all select * from (${detailed}) where ${columnsOf(filter)}`
}

/** Parts of hours at the beginning and the end of what is asked about, milliseconds since 1970. */
const edgesOf = (since?: number, until?: number, from?: number, to?: number): readonly [number, number][] => {
  const edges: [number, number][] = []
  if (since !== undefined && from !== undefined && since < from * hour)
    edges.push([since, Math.min(from * hour, until ?? Infinity)])
  if (until !== undefined && to !== undefined && until > to * hour) edges.push([Math.max(to * hour, since ?? 0), until])
  const [first, second] = edges
  // Both lie in one hour, and are the same.
  return first && second && first[0] === second[0] && first[1] === second[1] ? [first] : edges
}

const leftOf = (rows: readonly Row[]): Left => {
  const sum = (field: 'rows' | 'bytes' | 'vectors' | 'statements'): number =>
    rows.reduce((total, row) => total + whole(row[field]), 0)
  return {
    ...{ statements: sum('statements'), rows: sum('rows'), bytes: sum('bytes'), vectors: sum('vectors') },
    first: iso(Math.min(...rows.map(({ first }) => whole(first)))),
    last: iso(Math.max(...rows.map(({ last }) => whole(last)))),
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()

/** Widest first: what was seen as it is counts before what was masked. */
const exposed = (rows: readonly Row[]): readonly ExposedColumn[] => {
  const byName = Object.entries(Object.groupBy(rows.filter(isColumn), ({ what }) => what ?? '?'))
  const columns = byName.map(([column, of = []]): ExposedColumn => {
    const [masked, clear] = [of.filter((row) => whole(row.masked) === 1), of.filter((row) => whole(row.masked) === 0)]
    return {
      column,
      ...(masked.length > 0 && { masked: leftOf(masked) }),
      ...(clear.length > 0 && { clear: leftOf(clear) }),
    }
  })
  return columns.toSorted(
    (a, b) =>
      (b.clear?.rows ?? 0) - (a.clear?.rows ?? 0) ||
      (b.masked?.rows ?? 0) - (a.masked?.rows ?? 0) ||
      a.column.localeCompare(b.column),
  )
}

const isColumn = ({ column }: Row): boolean => whole(column) > 0
const isTable = ({ column }: Row): boolean => whole(column) < 0

const tablesOf = (rows: readonly Row[]): readonly ExposedTable[] =>
  Object.entries(Object.groupBy(rows.filter(isTable), ({ what }) => what ?? '?'))
    .map(([table, of = []]): ExposedTable => ({ table, ...leftOf(of) }))
    .filter(({ rows: some }) => some > 0)
    .toSorted((a, b) => b.rows - a.rows)

/** Of everything that somebody read; of one table only that. */
const totalOf = (rows: readonly Row[], isOfTable: boolean): readonly Row[] =>
  rows.filter(isOfTable ? isTable : (row) => whole(row.column) === 0)

const peopleOf = (rows: readonly Row[], isOfTable: boolean): readonly ExposedPerson[] =>
  [...Map.groupBy(rows, ({ subject }) => subject).values()]
    .map((of): ExposedPerson => {
      const { subject, name, owner, owner_name: ownerName } = of[0]!
      return {
        ...{ subject, name, ...(owner !== null && { owner: { subject: owner, name: ownerName ?? owner } }) },
        sessions: Math.max(...of.map(({ sessions }) => whole(sessions))),
        total: leftOf(totalOf(of, isOfTable)),
        columns: exposed(of),
      }
    })
    .filter(({ total }) => total.statements > 0)
    .toSorted((a, b) => b.total.rows - a.total.rows || a.name.localeCompare(b.name))

/** Milliseconds that steps of a timeline may have. */
const steps = [1, 3, 6, 12, 24, 168, 720].map((hours) => hours * hour)
const mostSteps = 48

const timelineOf = async (db: Kysely<IndexTables>, filter: ExposureFilter): Promise<Timeline> => {
  const rest = filter.table === undefined ? sql`column = 0` : sql`column < 0`
  const { rows } = await sql<{ hour: Count; rows: Count; vectors: Count }>`
    select hour, sum(rows) as rows, sum(vectors) as vectors from (${shown(filter)}) where ${rest} and rows > 0
    group by hour order by hour`.execute(db)
  const [first, last] = [rows[0], rows.at(-1)].map((row) => (row ? whole(row.hour) * hour : 0)) as [number, number]
  const step = steps.find((each) => (last - first) / each < mostSteps) ?? steps.at(-1)!
  const bySteps = Map.groupBy(rows, (row) => Math.floor((whole(row.hour) * hour) / step) * step)
  return {
    step,
    steps: [...bySteps].map(([from, of]) => ({
      from: iso(from),
      rows: of.reduce((sum, each) => sum + whole(each.rows), 0),
      vectors: of.reduce((sum, each) => sum + whole(each.vectors), 0),
    })),
  }
}

/**
 * What left, by column and person, of what a filter leaves.
 * @throws {HoopError} STORE_FAILED
 */
export const exposureOf = async (
  db: Kysely<IndexTables>,
  filter: ExposureFilter,
): Promise<Omit<Exposure, 'incomplete'>> => {
  const { rows } = await sql<Row>`
    select subject, max(name) as name, max(owner) as owner, max(owner_name) as owner_name, column, masked,
      coalesce((select name from columns where id = column), (select name from relations where id = -column)) as what,
      sum(rows) as rows, sum(bytes) as bytes, sum(vectors) as vectors, sum(statements) as statements,
      min(first) as first, max(last) as last, count(distinct session) as sessions
    from (${shown(filter)}) join sessions on sessions.key = session
    group by subject, column, masked`.execute(db)
  const isOfTable = filter.table !== undefined
  const people = peopleOf(rows, isOfTable)
  return {
    ...(filter.since !== undefined && { since: iso(filter.since) }),
    ...(filter.until !== undefined && { until: iso(filter.until) }),
    sessions: people.reduce((sum, { sessions }) => sum + sessions, 0),
    people,
    tables: tablesOf(rows),
    columns: exposed(rows),
    statements: await largestStatements(db, filter, 20),
    timeline: await timelineOf(db, filter),
    refusals: await countedRefusals(db, filter),
    approvals: await countedApprovals(db, filter),
  }
}
