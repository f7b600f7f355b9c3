import { Readable } from 'node:stream'
import { demandRole } from '../../access/access.js'
import type { App } from '../http/instance.js'
import { principalOf } from '../http/authentication.js'
import type { HttpDeps } from '../http/deps.js'
import { schemaOf } from './schema-of.js'

interface Query {
  readonly since?: string
}

const querystring = {
  type: 'object',
  additionalProperties: false,
  properties: {
    since: { type: 'string', format: 'date-time', description: 'Recordings of days before are left out.' },
  },
}

const params = {
  type: 'object',
  required: ['target'],
  properties: {
    target: {
      ...{ type: 'string', pattern: '^[\\w-]{1,64}$' },
      description: 'Id of a session that has ended or of a request, or the number of an act.',
    },
  },
}

/** The gateway's record, to be verified somewhere else. */
export const auditRoutes = (app: App, deps: HttpDeps): void => {
  app.get<{ Querystring: Query }>(
    '/v1/audit/bundle',
    {
      schema: schemaOf({
        id: 'auditBundle',
        summary: 'Ledger, recordings, sessions and acts as a tar archive, for hoop audit verify; for auditors.',
        answers: {
          200: { description: 'Archive', content: { 'application/x-tar': { schema: { type: 'string' } } } },
        },
        more: { querystring },
      }),
    },
    async (request, reply) => {
      demandRole(deps.config(), principalOf(request), 'auditor')
      const { since } = request.query
      const bundle = deps.ledger.bundle(since === undefined ? undefined : new Date(since))
      return reply.type('application/x-tar').send(Readable.from(bundle, { objectMode: false }))
    },
  )

  app.get<{ Params: { target: string } }>(
    '/v1/audit/proofs/:target',
    {
      schema: schemaOf({
        id: 'auditProof',
        summary:
          'That a session’s end, a request’s decision or an act is in the ledger (C2SP tlog-proof); for admins and auditors.',
        answers: { 200: { description: 'Proof', content: { 'text/plain': { schema: { type: 'string' } } } } },
        more: { params },
      }),
    },
    async (request, reply) => {
      demandRole(deps.config(), principalOf(request), 'admin', 'auditor')
      return reply.type('text/plain; charset=utf-8').send(await deps.ledger.proof(request.params.target))
    },
  )
}
