import type { ConnectionInfo, GrantAnswer, GrantRequest, Me } from '../../../lib/api.js'
import { HoopError } from '../../../lib/errors.js'
import type { Principal } from '../../../identity/types.js'
import { accessTo, connectionInfo, connectionsOf, loginFor, rolesOf } from '../../access/access.js'
import { demandReason } from '../../access/terms.js'
import type { AccessView } from '../../access/view.js'
import { unavailableBy } from '../../quarantine/trouble.js'
import type { App } from '../http/instance.js'
import { principalOf } from '../http/authentication.js'
import type { HttpDeps } from '../http/deps.js'
import { schemaOf } from './schema-of.js'

/** @throws {HoopError} REQUEST_INVALID without a reason, ACCESS_DENIED where the policy doesn't let this person */
const assertBreakGlass = (view: AccessView, principal: Principal, { breakGlass, connection, reason }: GrantRequest) => {
  if (breakGlass !== true) return
  if (!reason?.trim()) throw new HoopError('REQUEST_INVALID', 'breaking the glass needs a reason')
  if (!accessTo(view, principal, connection).breakGlass)
    throw new HoopError('ACCESS_DENIED', 'the policy lets you break no glass here')
}

/** Tells the sessions of a grant who its holder is now. @throws {HoopError} GRANT_INVALID, GRANT_EXPIRED */
const reconsider = async (deps: HttpDeps, principal: Principal, renews: string): Promise<void> => {
  const { chain, principal: before } = await deps.grants.verify(renews, principal.jkt)
  if (before.subject === principal.subject) deps.known(chain, principal)
}

/** Who the caller is, what they may use, and the grants to use it. */
export const personRoutes = (app: App, deps: HttpDeps): void => {
  const withTroubles = (principal: Principal, info: ConnectionInfo): ConnectionInfo => {
    const login = loginFor(deps.config(), principal, info.name)
    return { ...info, ...unavailableBy(deps.quarantine.troubles(info.name, info.policy, login)) }
  }

  app.get(
    '/v1/me',
    {
      config: { forTokens: true },
      schema: schemaOf({ id: 'getMe', summary: 'Who the gateway takes you for.', answers: { 200: 'Me' } }),
    },
    (request): Me => {
      const principal = principalOf(request)
      const { subject, name, email, groups, owner, workload } = principal
      const expiresAt = deps.tokens.endOf(subject)
      return {
        ...{ subject, name, ...(email !== undefined && { email }), groups, roles: rolesOf(deps.config(), principal) },
        ...(owner && expiresAt && { token: { owner: { subject: owner.subject, name: owner.name }, expiresAt } }),
        ...(workload && { workload }),
      }
    },
  )

  app.get(
    '/v1/connections',
    {
      config: { forTokens: true },
      schema: schemaOf({
        id: 'listConnections',
        summary: 'What you may use, and on what terms.',
        answers: { 200: 'Connections' },
      }),
    },
    (request): { connections: ConnectionInfo[] } => {
      const principal = principalOf(request)
      return { connections: connectionsOf(deps.config(), principal).map((info) => withTroubles(principal, info)) }
    },
  )

  app.post<{ Body: GrantRequest }>(
    '/v1/grants',
    {
      config: { limit: 'grants', forTokens: true },
      schema: schemaOf({
        id: 'createGrant',
        summary: 'A grant for streams to one connection, bound to the key that proved the request.',
        answers: { 201: 'Grant' },
        more: { body: { $ref: 'GrantRequest#' } },
      }),
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { renews } = request.body
      const isRenewal = renews !== undefined
      // What they lost they need not be left until the grant lapses.
      if (isRenewal) await reconsider(deps, principal, renews)
      const connection = withTroubles(principal, connectionInfo(deps.config(), principal, request.body.connection))
      const { entry } = accessTo(deps.config(), principal, request.body.connection)
      demandReason(entry, request.body.connection, request.body.reason)
      assertBreakGlass(deps.config(), principal, request.body)
      // Sessions that live may go on until the drain ends; for that their grants must not lapse.
      if (deps.draining() && !isRenewal) throw new HoopError('GATEWAY_DRAINING')
      const { token, grant } = await deps.grants.issue({ principal, ...request.body })
      if (isRenewal) deps.renewed(grant.chain, grant)
      request.log.info({ grant: grant.id, chain: grant.chain, connection: grant.connection }, 'grant issued')
      const answer: GrantAnswer = {
        grant: token,
        id: grant.id,
        expiresAt: grant.expiresAt.toISOString(),
        connection,
        subject: principal.subject,
      }
      return reply.code(201).send(answer)
    },
  )
}
