import type { FastifyRequest } from 'fastify'
import type { Approval, ApprovalDecision, ApprovalState } from '../../../lib/api/approvals.js'
import { HoopError } from '../../../lib/errors.js'
import type { ApprovalRecord } from '../../../store/approvals/rows.js'
import { maySee, type Person } from '../../approvals/rights.js'
import { visibleRequests } from '../../approvals/visible.js'
import { readBy } from '../../ledger/reads.js'
import { rolesOf } from '../../access/access.js'
import type { App } from '../http/instance.js'
import { principalOf } from '../http/authentication.js'
import type { HttpDeps } from '../http/deps.js'
import { shownApproval as shown } from '../http/shown.js'
import { schemaOf } from './schema-of.js'

interface Query {
  readonly state?: ApprovalState
  readonly kind?: 'access' | 'statement'
  readonly connection?: string
  readonly person?: string
  readonly limit: number
  readonly version?: string
  readonly wait: number
}

const word = { type: 'string', minLength: 1, maxLength: 255 }
const states = ['open', 'approved', 'used', 'denied', 'expired', 'withdrawn', 'break-glass']

const querystring = {
  type: 'object',
  additionalProperties: false,
  properties: {
    state: { type: 'string', enum: states },
    kind: { type: 'string', enum: ['access', 'statement'] },
    connection: word,
    person: { ...word, description: 'Subject of the requester, or name in any case.' },
    limit: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
    version: {
      ...word,
      description: 'Of an answer before: with `wait`, the next one comes when something has changed.',
    },
    wait: { type: 'integer', minimum: 0, maximum: 25, default: 0, description: 'Seconds.' },
  },
}

const params = {
  type: 'object',
  properties: { id: { type: 'string', pattern: '^[A-Za-z0-9]{1,64}$', description: 'The id, or a beginning of it.' } },
  required: ['id'],
}

/** What one may not see isn't there (404): the requester, the rule's approvers, admins and auditors see a request. */
export const approvalRoutes = (app: App, deps: HttpDeps): void => {
  const { records, news } = deps.approvals
  const seer = (
    request: Pick<FastifyRequest, 'principal'>,
  ): { person: Person; hasRole: boolean; sees: (one: ApprovalRecord) => boolean } => {
    const { subject, name, groups } = principalOf(request)
    const hasRole = rolesOf(deps.config(), { groups }).length > 0
    const person = { subject, name, groups }
    return { person, hasRole, sees: (one) => maySee(person, hasRole, one) }
  }

  app.get<{ Querystring: Query }>(
    '/v1/approvals',
    {
      schema: schemaOf({
        id: 'listApprovals',
        summary: 'Requests for approval, newest first: yours, and those that you may decide on or see.',
        answers: { 200: 'Approvals' },
        more: { querystring },
      }),
    },
    async (request): Promise<{ approvals: Approval[]; version: string }> => {
      const { person, sees } = seer(request)
      const { state, limit, wait, version: before, ...filter } = request.query
      if (before !== undefined && wait > 0) {
        const gone = new AbortController()
        request.raw.socket.once('close', () => gone.abort())
        await news.after(before, wait * 1000, gone.signal)
      }
      const { version } = news
      const found = await visibleRequests(records, { ...filter, ...(state && { states: [state] }) }, limit, sees)
      // Whoever has waited may have been shut out meanwhile.
      deps.denied.assert(person.subject)
      // Who waits for what is new asks again and again; what they have seen already is entered once.
      if (before !== version && found.some((record) => record.subject !== person.subject))
        await deps.ledger.read(readBy(request, person))
      return { approvals: found.map((record) => shown(record, person)), version }
    },
  )

  app.get<{ Params: { id: string } }>(
    '/v1/approvals/:id',
    {
      schema: schemaOf({ id: 'getApproval', summary: 'One request.', answers: { 200: 'Approval' }, more: { params } }),
    },
    async (request) => {
      const { person, sees } = seer(request)
      const record = await records.find(request.params.id)
      if (!sees(record)) throw new HoopError('NOT_FOUND', `request ${request.params.id}`)
      if (record.subject !== person.subject) await deps.ledger.read(readBy(request, person))
      return shown(record, person)
    },
  )

  for (const vote of ['approve', 'deny'] as const)
    app.post<{ Params: { id: string }; Body: ApprovalDecision }>(
      `/v1/approvals/:id/${vote}`,
      {
        schema: schemaOf({
          id: `${vote}Request`,
          summary:
            vote === 'approve' ? 'Approves a request of somebody else.' : 'Denies it, for everybody. Needs a reason.',
          answers: { 200: 'Approval' },
          more: { params, body: { $ref: 'ApprovalDecision#' } },
        }),
      },
      async (request) => {
        const { person, hasRole } = seer(request)
        const { reason } = request.body
        return shown(await deps.approvals.decide(request.params.id, person, vote, reason, hasRole), person)
      },
    )
}
