import type { Exposure, StatementPage } from '../../../lib/api/statements.js'
import { unreadable } from '../../../store/statements/complete.js'
import { exposureOf } from '../../../store/statements/exposure.js'
import type { StatementFilter } from '../../../store/statements/filter.js'
import { listStatements } from '../../../store/statements/list.js'
import { principalOf } from '../http/authentication.js'
import type { HttpDeps } from '../http/deps.js'
import type { App } from '../http/instance.js'
import { visibleTo } from '../http/visible.js'
import { schemaOf } from './schema-of.js'
import { searched } from './searched.js'

interface Times {
  readonly since?: string
  readonly until?: string
}

type ExposureQuery = Times & Pick<StatementFilter, 'person' | 'connection' | 'table'>
type ListQuery = ExposureQuery &
  Pick<StatementFilter, 'column' | 'text' | 'rule' | 'session' | 'refused'> & {
    readonly limit: number
    readonly cursor?: string
  }

const word = { type: 'string', minLength: 1, maxLength: 255 }
const time = { type: 'string', format: 'date-time' }

const common = {
  person: { ...word, description: 'Subject, or name in any case; their service tokens too.' },
  connection: word,
  table: { ...word, description: 'schema.table, or the name of a table in any schema: read, written or shown.' },
  since: { ...time, description: 'Statements of then or later.' },
  until: { ...time, description: 'Statements from before.' },
}

const listed = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...common,
    column: { ...word, description: 'schema.table.column, table.column or a column’s name: shown, masked or not.' },
    text: {
      ...word,
      minLength: 3,
      description: 'Part of the text, three characters at least. Case does not count in letters of ASCII.',
    },
    rule: { ...word, description: 'A rule that refused it, warned of it, had it approved, or would have.' },
    session: word,
    refused: { type: 'boolean', description: 'Only what was refused.' },
    limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
    cursor: { ...word, description: 'Of the page before.' },
  },
}

const filterOf = <Q extends Times>({ since, until, ...rest }: Q) => ({
  ...rest,
  ...(since !== undefined && { since: Date.parse(since) }),
  ...(until !== undefined && { until: Date.parse(until) }),
})

/** Who took what: statements one by one, and what left of each column. People see their own; auditors and admins everybody's. */
export const statementRoutes = (app: App, deps: HttpDeps): void => {
  const { statements } = deps
  const incomplete = async (): Promise<number> => statements.behind + (await unreadable(statements.db))

  app.get<{ Querystring: ListQuery }>(
    '/v1/statements',
    {
      schema: schemaOf({
        id: 'listStatements',
        summary: 'Recorded statements, newest first.',
        answers: { 200: 'Statements' },
        more: { querystring: listed },
      }),
    },
    async (request): Promise<StatementPage> => {
      const person = principalOf(request)
      const { limit, cursor, ...asked } = request.query
      searched(asked.text)
      const filter = { ...filterOf(asked), ...visibleTo(deps, person) }
      const page = await listStatements(statements.db, filter, limit, cursor)
      return { ...page, incomplete: await incomplete() }
    },
  )

  app.get<{ Querystring: ExposureQuery }>(
    '/v1/exposure',
    {
      schema: schemaOf({
        id: 'getExposure',
        summary: 'What left of each column, masked or clear, by person.',
        answers: { 200: 'Exposure' },
        more: { querystring: { type: 'object', additionalProperties: false, properties: common } },
      }),
    },
    async (request): Promise<Exposure> => {
      const person = principalOf(request)
      const filter = { ...filterOf(request.query), ...visibleTo(deps, person) }
      return { ...(await exposureOf(statements.db, filter)), incomplete: await incomplete() }
    },
  )
}
