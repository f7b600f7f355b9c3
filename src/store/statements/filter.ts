import { type Expression, type ExpressionBuilder, expressionBuilder, type Kysely, sql, type SqlBool } from 'kysely'
import type { IndexTables } from './tables.js'
import { folded } from '../folded.js'
import { whole } from '../whole.js'

export interface StatementFilter {
  /** Only this subject's, and those of their service tokens: what somebody without a role may see. */
  readonly subject?: string
  /** Subject, or name in any case; their service tokens too. */
  readonly person?: string
  readonly connection?: string
  /** Id of a session. */
  readonly session?: string
  /** `schema.table`, or a table's name in any schema: read, written or shown. */
  readonly table?: string
  /** `schema.table.column`, `table.column`, or a column's name: shown. */
  readonly column?: string
  /** Part of the text, at least three characters; case doesn't count in the letters of ASCII. */
  readonly text?: string
  /** A rule that refused it, warned of it, had it approved, or would have. */
  readonly rule?: string
  readonly refused?: boolean
  /** Milliseconds since 1970. */
  readonly since?: number
  readonly until?: number
}

type Conditions = ExpressionBuilder<IndexTables, 'statements'>
type Condition = Expression<SqlBool>
type Values = { [K in keyof StatementFilter]-?: NonNullable<StatementFilter[K]> }

/** One filter in two forms: where statements are few, by a list of their keys, and else by looking at each. */
interface Form {
  /** Keys of statements. */
  readonly keys: (eb: Conditions) => Expression<unknown>
  readonly test: (eb: Conditions) => Condition
}

const bySession = (sessions: (eb: Conditions) => Expression<unknown>): Form => ({
  keys: (eb) =>
    eb
      .selectFrom('statements as s')
      .select('s.key')
      .where('s.session', 'in', sessions(eb) as never),
  test: (eb) => eb('statements.session', 'in', sessions(eb) as never),
})

const sessionsOf = (eb: Conditions) => eb.selectFrom('sessions').select('sessions.key')

const lower = (column: string) => sql<string>`lower(${sql.ref(column)})`

/** A name as it is written, or the end of one: `customers` is `public.customers`. */
const endsIn = (column: string, name: string): Condition => {
  const wanted = folded(name)
  return sql<SqlBool>`(${lower(column)} = ${wanted} or ${lower(column)} like ${`%.${escaped(wanted)}`} escape '\\')`
}

const escaped = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&')

/** Groups of three characters, all of which a text has that has the whole. */
const threes = (text: string): string => {
  const characters = [...text]
  return characters
    .slice(0, -2)
    .map(
      (_, i) =>
        `"${characters
          .slice(i, i + 3)
          .join('')
          .replaceAll('"', '""')}"`,
    )
    .join(' AND ')
}

const like = (text: string) => sql<SqlBool>`texts.text like ${`%${escaped(text)}%`} escape '\\'`

const hasText = (eb: Conditions, text: string): Condition =>
  eb.exists(
    eb
      .selectFrom('texts')
      .select(sql`1`.as('one'))
      .whereRef('texts.id', '=', 'statements.text')
      .where(like(text)),
  )

/** For each field that picks out statements by something beside their time. */
const forms: { [K in keyof Omit<Values, 'since' | 'until' | 'refused'>]: (value: Values[K]) => Form } = {
  subject: (subject) =>
    bySession((eb) =>
      sessionsOf(eb).where((e) => e.or([e('sessions.subject', '=', subject), e('sessions.owner', '=', subject)])),
    ),
  person: (person) =>
    bySession((eb) =>
      sessionsOf(eb).where((e) =>
        e.or([
          e('sessions.subject', '=', person),
          e('sessions.owner', '=', person),
          e(lower('sessions.name'), '=', folded(person)),
          e(lower('sessions.owner_name'), '=', folded(person)),
        ]),
      ),
    ),
  connection: (connection) => bySession((eb) => sessionsOf(eb).where('sessions.connection', '=', connection)),
  session: (id) => bySession((eb) => sessionsOf(eb).where('sessions.id', '=', id)),
  table: (table) => {
    const relations = (eb: Conditions) =>
      eb.selectFrom('relations').select('relations.id').where(endsIn('relations.name', table))
    const touched = (eb: Conditions) =>
      eb.selectFrom('statement_tables').where('statement_tables.relation', 'in', relations(eb))
    return {
      keys: (eb) => touched(eb).select('statement_tables.statement'),
      test: (eb) =>
        eb.exists(
          touched(eb)
            .select(sql`1`.as('one'))
            .whereRef('statement_tables.statement', '=', 'statements.key'),
        ),
    }
  },
  column: (column) => {
    const columns = (eb: Conditions) =>
      eb.selectFrom('columns').select('columns.id').where(endsIn('columns.name', column))
    const shown = (eb: Conditions) => eb.selectFrom('shown').where('shown.column', 'in', columns(eb))
    return {
      keys: (eb) => shown(eb).select('shown.statement'),
      test: (eb) =>
        eb.exists(
          shown(eb)
            .select(sql`1`.as('one'))
            .whereRef('shown.statement', '=', 'statements.key'),
        ),
    }
  },
  rule: (rule) => {
    const noted = (eb: Conditions) => eb.selectFrom('statement_rules').where('statement_rules.rule', '=', rule)
    return {
      keys: (eb) => noted(eb).select('statement_rules.statement'),
      test: (eb) =>
        eb.exists(
          noted(eb)
            .select(sql`1`.as('one'))
            .whereRef('statement_rules.statement', '=', 'statements.key'),
        ),
    }
  },
  text: (text) => ({
    keys: (eb) => {
      const texts = eb
        .selectFrom('found')
        .select('found.rowid')
        .where(sql<SqlBool>`found match ${threes(text)}`)
      const matching = eb.selectFrom('texts').select('texts.id').where('texts.id', 'in', texts).where(like(text))
      return eb.selectFrom('statements as s').select('s.key').where('s.text', 'in', matching)
    },
    test: (eb) => hasText(eb, text),
  }),
}

/** So many are few. */
const few = 5000

const isFew = async (db: Kysely<IndexTables>, { keys }: Form): Promise<boolean> => {
  const eb = expressionBuilder<IndexTables, 'statements'>()
  const { rows } = await sql<{
    count: number
  }>`select count(*) as count from (select 1 from ${keys(eb)} limit ${few + 1})`.execute(db)
  return whole(rows[0]!.count) <= few
}

export interface Plan {
  readonly conditions: (eb: Conditions) => Condition
  /** They are found by a list of keys, and sorted afterwards; else in the order of their times. */
  readonly listed: boolean
}

/** How statements that fit are found quickest. @throws {HoopError} STORE_FAILED */
export const planned = async (db: Kysely<IndexTables>, filter: StatementFilter): Promise<Plan> => {
  const wanted: Form[] = []
  let driving: Form | undefined
  for (const field of Object.keys(forms) as (keyof typeof forms)[]) {
    const value = filter[field]
    if (value === undefined) continue
    const form = forms[field](value)
    wanted.push(form)
    if (!driving && (await isFew(db, form))) driving = form
  }
  return {
    listed: driving !== undefined,
    conditions: (eb) =>
      eb.and([
        ...wanted.map((form) =>
          form === driving ? eb('statements.key', 'in', form.keys(eb) as never) : form.test(eb),
        ),
        ...(filter.refused ? [sql<SqlBool>`statements.verdict = 'refused'`] : []),
        ...(filter.since === undefined ? [] : [eb('statements.at', '>=', filter.since)]),
        ...(filter.until === undefined ? [] : [eb('statements.at', '<', filter.until)]),
      ]),
  }
}
