import type { KillAnswer, KillManyRequest, KillRequest } from '../../../lib/api.js'
import { HoopError } from '../../../lib/errors.js'
import { findSession } from '../../../store/sessions/queries.js'
import type { Principal } from '../../../identity/types.js'
import type { SessionName } from '../../session/registry.js'
import { rolesOf } from '../../access/access.js'
import type { App } from '../http/instance.js'
import { principalOf } from '../http/authentication.js'
import type { HttpDeps } from '../http/deps.js'
import { schemaOf } from './schema-of.js'
import { sessionParams } from './sessions.js'

/** Admins end anybody's sessions; everybody else their own. */
export const killRoutes = (app: App, deps: HttpDeps): void => {
  const isAdmin = ({ groups }: Principal): boolean => rolesOf(deps.config(), { groups }).includes('admin')
  /** @throws {HoopError} ACCESS_DENIED */
  const demand = (by: Principal, { subject, owner }: Pick<SessionName, 'subject' | 'owner'>): void => {
    if (subject !== by.subject && owner?.subject !== by.subject && !isAdmin(by))
      throw new HoopError('ACCESS_DENIED', 'only an admin ends sessions of others')
  }

  app.post<{ Params: { id: string }; Body: KillRequest }>(
    '/v1/sessions/:id/kill',
    {
      schema: schemaOf({
        id: 'killSession',
        summary: 'Ends a live session: the client is told the reason, the statement that runs is cancelled.',
        answers: { 200: 'Killed' },
        more: { params: sessionParams, body: { $ref: 'KillRequest#' } },
      }),
    },
    async (request): Promise<KillAnswer> => {
      const by = principalOf(request)
      const seesAll = rolesOf(deps.config(), by).length > 0
      const session = await findSession(deps.store.db, request.params.id, seesAll ? {} : { subject: by.subject })
      demand(by, session)
      const sessions = await deps.control.kill(({ id }) => id === session.id, { by: actor(by), ...request.body })
      if (sessions.length === 0)
        throw new HoopError('NOT_FOUND', `session ${session.id} is not live`, {
          hint: 'hoop sessions list --live shows those that are.',
        })
      return { sessions }
    },
  )

  app.post<{ Body: KillManyRequest }>(
    '/v1/sessions/kill',
    {
      schema: schemaOf({
        id: 'killSessions',
        summary: 'Ends the live sessions that fit, of those that you may end; a grant is revoked with its chain.',
        answers: { 200: 'Killed' },
        more: { body: { $ref: 'KillManyRequest#' } },
      }),
    },
    async (request): Promise<KillAnswer> => {
      const by = principalOf(request)
      const { reason, grant, person, connection, all } = request.body
      if (all !== true && grant === undefined && person === undefined && connection === undefined)
        throw new HoopError('REQUEST_INVALID', 'it says not whose sessions: person, connection, grant or all')
      const order = { by: actor(by), reason }
      if (grant !== undefined) {
        const found = await deps.grants.find(grant)
        const owner = deps.tokens.ownerOf(found.subject)
        demand(by, { subject: found.subject, ...(owner && { owner }) })
        const sessions = await deps.control.revokeGrant(found, order)
        if (request.body.refused && found.subject === by.subject) await deps.refused(by.subject)
        return { sessions }
      }
      const own = isAdmin(by) ? undefined : by.subject
      const meant = (session: SessionName): boolean =>
        (own === undefined || session.subject === own || session.owner?.subject === own) &&
        (person === undefined || isCalled(session, person)) &&
        (connection === undefined || session.connection === connection)
      return { sessions: await deps.control.kill(meant, order) }
    },
  )
}

const actor = ({ subject, name }: Principal) => ({ subject, name })

/** A person's service tokens are meant with them. */
const isCalled = ({ owner, ...session }: SessionName, person: string): boolean =>
  [session, ...(owner ? [owner] : [])].some(
    ({ subject, name }) => subject === person || name.toLowerCase() === person.toLowerCase(),
  )
