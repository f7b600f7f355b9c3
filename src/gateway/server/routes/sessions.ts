import type { SessionSummary } from '../../../lib/api.js'
import { firstStatements } from '../../../store/statements/first.js'
import { findSession, type SessionFilter, type SessionPage } from '../../../store/sessions/queries.js'
import type { App } from '../http/instance.js'
import { principalOf } from '../http/authentication.js'
import type { HttpDeps } from '../http/deps.js'
import { eventStream, stallsAfter } from '../http/event-stream.js'
import { searchSessions } from '../http/search.js'
import { visibleTo } from '../http/visible.js'
import { schemaOf } from './schema-of.js'
import { searched } from './searched.js'

interface Query {
  readonly person?: string
  readonly connection?: string
  readonly since?: string
  readonly until?: string
  readonly text?: string
  readonly live?: boolean
  readonly grant?: string
  readonly limit: number
  readonly cursor?: string
}

const word = { type: 'string', minLength: 1, maxLength: 255 }
const time = { type: 'string', format: 'date-time' }

const querystring = {
  type: 'object',
  additionalProperties: false,
  properties: {
    person: { ...word, description: 'Subject, or name in any case.' },
    connection: word,
    since: { ...time, description: 'Sessions that began then or later.' },
    until: { ...time, description: 'Sessions that began before.' },
    text: {
      ...word,
      description: 'In statements, refusals or errors, in any case. A page may hold few or none; go on by its cursor.',
    },
    live: { type: 'boolean' },
    grant: { ...word, description: 'Id of a grant: the sessions of its whole chain of renewals.' },
    limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
    cursor: { ...word, description: 'Of the page before.' },
  },
}

export const sessionParams = {
  type: 'object',
  properties: {
    id: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$', description: 'The id, or a beginning that no other has.' },
  },
  required: ['id'],
}

const filterOf = ({ since, until, limit: _, cursor: _cursor, text: _text, ...same }: Query): SessionFilter => ({
  ...same,
  ...(since !== undefined && { since: new Date(since) }),
  ...(until !== undefined && { until: new Date(until) }),
})

/** Sessions and their recordings, to who may see them. */
export const sessionRoutes = (app: App, deps: HttpDeps): void => {
  const visible = (request: Parameters<typeof principalOf>[0]): Pick<SessionFilter, 'subject'> =>
    visibleTo(deps, principalOf(request))
  const current = (session: SessionSummary): SessionSummary => {
    const counters = session.endedAt === undefined ? deps.live(session.id) : undefined
    return counters ? { ...session, counters } : session
  }

  // An index that can't be read keeps nobody from the list.
  const firstOf = async (sessions: readonly SessionSummary[]): Promise<ReadonlyMap<string, string>> => {
    try {
      return await firstStatements(
        deps.statements.db,
        sessions.map(({ id }) => id),
      )
    } catch {
      return new Map()
    }
  }

  app.get<{ Querystring: Query }>(
    '/v1/sessions',
    {
      schema: schemaOf({
        id: 'listSessions',
        summary: 'Sessions, newest first.',
        answers: { 200: 'Sessions' },
        more: { querystring },
      }),
    },
    async (request): Promise<SessionPage> => {
      const { text, limit, cursor } = request.query
      searched(text)
      const filter = { ...filterOf(request.query), ...visible(request) }
      const page = await searchSessions(deps, filter, { text, limit, cursor })
      const firsts = await firstOf(page.sessions)
      const about = (session: SessionSummary): SessionSummary => {
        const first = firsts.get(session.id)
        return first === undefined ? session : { ...session, first }
      }
      return { ...page, sessions: page.sessions.map((session) => about(current(session))) }
    },
  )

  app.get<{ Params: { id: string } }>(
    '/v1/sessions/:id',
    {
      schema: schemaOf({
        id: 'getSession',
        summary: 'One session.',
        answers: { 200: 'Session' },
        more: { params: sessionParams },
      }),
    },
    async (request) => current(await findSession(deps.store.db, request.params.id, visible(request))),
  )

  app.get<{ Params: { id: string } }>(
    '/v1/sessions/:id/events',
    {
      schema: schemaOf({
        id: 'listEvents',
        summary: 'The recording, one event a line; of a live session what is on disk so far.',
        answers: {
          200: {
            description: 'Events',
            content: { 'application/x-ndjson': { schema: { type: 'string' } } },
          },
        },
        more: { params: sessionParams },
      }),
    },
    async (request, reply) => {
      const { id, startedAt } = await findSession(deps.store.db, request.params.id, visible(request))
      const stream = await eventStream(deps.events(id, startedAt), request.log)
      reply.raw.setTimeout(stallsAfter, () => stream.destroy())
      return reply.type('application/x-ndjson').send(stream)
    },
  )
}
