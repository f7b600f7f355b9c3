import { type ActName, acts } from '../../../lib/api/acts.js'
import { type ActPage, listActs } from '../../../store/acts.js'
import { demandRole } from '../../access/access.js'
import type { App } from '../http/instance.js'
import { principalOf } from '../http/authentication.js'
import type { HttpDeps } from '../http/deps.js'
import { schemaOf } from './schema-of.js'

interface Query {
  readonly since?: string
  readonly until?: string
  readonly person?: string
  readonly act?: ActName
  readonly limit: number
  readonly cursor?: string
}

const word = { type: 'string', minLength: 1, maxLength: 255 }
const time = { type: 'string', format: 'date-time' }

const querystring = {
  type: 'object',
  additionalProperties: false,
  properties: {
    since: { ...time, description: 'Acts of then or later.' },
    until: { ...time, description: 'Acts from before.' },
    person: { ...word, description: 'Who did it, by subject or name in any case, or whom it concerns, by subject.' },
    act: { type: 'string', enum: Object.keys(acts) },
    limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
    cursor: { ...word, description: 'Of the page before.' },
  },
}

/** What was done to people's access, by whom and why. */
export const actRoutes = (app: App, deps: HttpDeps): void => {
  app.get<{ Querystring: Query }>(
    '/v1/acts',
    {
      schema: schemaOf({
        id: 'listActs',
        summary: 'Administrators’ acts, newest first; for admins and auditors.',
        answers: { 200: 'Acts' },
        more: { querystring },
      }),
    },
    async (request): Promise<ActPage> => {
      demandRole(deps.config(), principalOf(request), 'admin', 'auditor')
      const { since, until, limit, cursor, ...filter } = request.query
      const times = { ...(since && { since: new Date(since) }), ...(until && { until: new Date(until) }) }
      return listActs(deps.store.db, { ...filter, ...times }, limit, cursor)
    },
  )
}
