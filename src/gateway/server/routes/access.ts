import type { AccessRequest, AccessRevocation } from '../../../lib/api/access.js'
import { rolesOf } from '../../access/access.js'
import type { App } from '../http/instance.js'
import { principalOf } from '../http/authentication.js'
import type { HttpDeps } from '../http/deps.js'
import { shownApproval } from '../http/shown.js'
import { schemaOf } from './schema-of.js'

const params = {
  type: 'object',
  properties: { id: { type: 'string', pattern: '^[A-Za-z0-9]{1,64}$', description: 'The id, or a beginning of it.' } },
  required: ['id'],
}

/** Access for a while: asked for and taken back here, listed and decided on with the other requests. */
export const accessRoutes = (app: App, deps: HttpDeps): void => {
  app.post<{ Body: AccessRequest }>(
    '/v1/access',
    {
      schema: schemaOf({
        id: 'requestAccess',
        summary: 'Asks for a policy on a connection for a while, counted from the approval.',
        answers: { 201: 'Approval' },
        more: { body: { $ref: 'AccessRequest#' } },
      }),
    },
    async (request, reply) => {
      const principal = principalOf(request)
      return reply.code(201).send(shownApproval(await deps.asking.ask(principal, request.body), principal))
    },
  )

  app.post<{ Params: { id: string }; Body: AccessRevocation }>(
    '/v1/access/:id/revoke',
    {
      schema: schemaOf({
        id: 'revokeAccess',
        summary: 'Takes back a request or what was given: whoever asked, its approvers, and admins.',
        answers: { 200: 'Approval' },
        more: { params, body: { $ref: 'AccessRevocation#' } },
      }),
    },
    async (request) => {
      const principal = principalOf(request)
      const isAdmin = rolesOf(deps.config(), principal).includes('admin')
      const { reason } = request.body
      return shownApproval(await deps.asking.revoke(request.params.id, principal, isAdmin, reason), principal)
    },
  )
}
