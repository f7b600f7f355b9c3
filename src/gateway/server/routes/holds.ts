import type { HoldRequest, ReleaseHoldRequest } from '../../../lib/api/holds.js'
import type { Principal } from '../../../identity/types.js'
import { demandRole } from '../../access/access.js'
import type { App } from '../http/instance.js'
import { principalOf } from '../http/authentication.js'
import type { HttpDeps } from '../http/deps.js'
import { schemaOf } from './schema-of.js'

const params = {
  type: 'object',
  required: ['id'],
  properties: {
    id: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$', description: 'The id, or a beginning that no other has.' },
  },
}

/** What is kept whatever retention and erasure say. */
export const holdRoutes = (app: App, deps: HttpDeps): void => {
  const demanded = (person: Principal) => {
    demandRole(deps.config(), person, 'admin', 'auditor')
    const { subject, name } = person
    return { subject, name }
  }

  app.post<{ Body: HoldRequest }>(
    '/v1/audit/holds',
    {
      schema: schemaOf({
        id: 'addHold',
        summary: 'Places a legal hold: what it covers is neither retired nor erased; for admins and auditors.',
        answers: { 201: 'Hold' },
        more: { body: { $ref: 'HoldRequest#' } },
      }),
    },
    async (request, reply) => {
      const by = demanded(principalOf(request))
      return reply.code(201).send(await deps.holds.add(request.body, by))
    },
  )

  app.get<{ Querystring: { all: boolean } }>(
    '/v1/audit/holds',
    {
      schema: schemaOf({
        id: 'listHolds',
        summary: 'Legal holds in force, newest first; for admins and auditors.',
        answers: { 200: 'Holds' },
        more: {
          querystring: {
            type: 'object',
            additionalProperties: false,
            properties: { all: { type: 'boolean', default: false, description: 'Released ones too.' } },
          },
        },
      }),
    },
    async (request) => {
      demanded(principalOf(request))
      return { holds: await deps.holds.list(request.query.all) }
    },
  )

  app.post<{ Params: { id: string }; Body: ReleaseHoldRequest }>(
    '/v1/audit/holds/:id/release',
    {
      schema: schemaOf({
        id: 'releaseHold',
        summary: 'Releases a legal hold; for admins and auditors.',
        answers: { 200: 'Hold' },
        more: { params, body: { $ref: 'ReleaseHoldRequest#' } },
      }),
    },
    async (request) => deps.holds.release(request.params.id, request.body.reason, demanded(principalOf(request))),
  )
}
