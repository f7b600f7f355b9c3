import type { StandingApprovalRequest, StatementMeaning } from '../../../lib/api/approvals.js'
import { HoopError } from '../../../lib/errors.js'
import type { ApprovalRecord } from '../../../store/approvals/rows.js'
import type { StandingRecord } from '../../../store/approvals/standing.js'
import { personCalled } from '../../../store/sessions/people.js'
import { statementHash } from '../../approvals/binding.js'
import { maySee, type Person } from '../../approvals/rights.js'
import { newSessionId } from '../../session/id.js'
import { rolesOf } from '../../access/access.js'
import type { App } from '../http/instance.js'
import { principalOf } from '../http/authentication.js'
import type { HttpDeps } from '../http/deps.js'
import { shownStanding as shown } from '../http/shown.js'
import { schemaOf } from './schema-of.js'

const params = {
  type: 'object',
  properties: { id: { type: 'string', pattern: '^[A-Za-z0-9]{1,64}$' } },
  required: ['id'],
}

/** What a text stands for that is run as the request's was. Of another text nobody has asked what it runs by a name. */
const meaningLike = ({ text, meaning }: ApprovalRecord, wanted: string): StatementMeaning | undefined => {
  if (!meaning || wanted === text) return meaning
  const { named: _, ...other } = meaning
  return other
}

/** Milliseconds that one may stand; longer is what a rule is for. */
const longest = 30 * 86_400_000

/**
 * Approvals that stand for a while: one statement's exact text and what it stands for, one person, one database, whatever the
 * parameters. They count where a rule's approvers have given them, as an approval would.
 */
export const standingApprovalRoutes = (app: App, deps: HttpDeps): void => {
  const { standing, records, news } = deps.approvals

  /** @throws {HoopError} ACCESS_DENIED for somebody who approves nothing on any connection */
  const demandApprover = async (person: Person): Promise<void> => {
    const approvers = Object.values(deps.config().policies).flatMap((policy) => policy.approvers)
    if (!(await standing.mayGive(person, approvers)))
      throw new HoopError('ACCESS_DENIED', 'no rule names a group of yours as its approvers')
  }

  /** @throws {HoopError} NOT_FOUND, REQUEST_INVALID */
  const subjectOf = async (giver: Person, { from, person, connection, database, text }: StandingApprovalRequest) => {
    const request = from === undefined ? undefined : await records.find(from)
    // The answer tells its text.
    const hasRole = rolesOf(deps.config(), giver).length > 0
    if (request && !maySee(giver, hasRole, request)) throw new HoopError('NOT_FOUND', `request ${from}`)
    const wanted = person === undefined ? request : await personCalled(deps.store.db, person)
    const statement = text ?? request?.text
    const where = connection ?? request?.connection
    if (!wanted || statement === undefined || where === undefined)
      throw new HoopError('REQUEST_INVALID', 'it takes a request, or person, connection and text')
    const { connections } = deps.config()
    const known = Object.hasOwn(connections, where) ? connections[where] : undefined
    const isThere = where === request?.connection
    const db = database ?? (isThere ? request.database : known?.databases[0])
    if (db === undefined) throw new HoopError('REQUEST_INVALID', `which database of ${where}`)
    if (deps.approvals.isOut(wanted.subject)) throw new HoopError('REQUEST_INVALID', `${wanted.name} is shut out`)
    const meaning = isThere ? meaningLike(request, statement) : known && { user: known.user }
    if (!meaning) throw new HoopError('REQUEST_INVALID', `as which database user it would run on ${where} is not known`)
    return { subject: wanted.subject, name: wanted.name, connection: where, database: db, text: statement, meaning }
  }

  app.post<{ Body: StandingApprovalRequest }>(
    '/v1/standing-approvals',
    {
      schema: schemaOf({
        id: 'createStandingApproval',
        summary: 'Approves a statement of somebody else until a time, as often as they run it.',
        answers: { 201: 'StandingApproval' },
        more: { body: { $ref: 'StandingApprovalRequest#' } },
      }),
    },
    async (request, reply) => {
      const { subject, name, groups } = principalOf(request)
      await demandApprover({ subject, name, groups })
      const meant = await subjectOf({ subject, name, groups }, request.body)
      const owner = deps.tokens.ownerOf(meant.subject)
      if (meant.subject === subject || owner?.subject === subject || deps.approvals.isMaker(subject, meant.subject))
        throw new HoopError('ACCESS_DENIED', 'nobody approves what they run themselves')
      const { until, reason } = request.body
      const left = Date.parse(until) - Date.now()
      if (!(left > 0 && left <= longest))
        throw new HoopError('REQUEST_INVALID', 'until: a time within the next 30 days')
      const record: StandingRecord = {
        id: newSessionId(),
        ...meant,
        ...{ by: { subject, name }, groups, reason },
        textHash: statementHash(meant.text, meant.meaning),
        createdAt: new Date().toISOString(),
        expiresAt: new Date(until).toISOString(),
      }
      await standing.give(record)
      for (const each of [subject, meant.subject]) await deps.approvals.assertIn(each)
      news.tell()
      request.log.info({ standing: record.id, subject, person: meant.subject, until }, 'a standing approval')
      return reply.code(201).send(shown(record))
    },
  )

  app.get<{ Querystring: { all: boolean } }>(
    '/v1/standing-approvals',
    {
      schema: schemaOf({
        id: 'listStandingApprovals',
        summary: 'Those in force, newest first: given by you or to you; all of them for admins and auditors.',
        answers: { 200: 'StandingApprovals' },
        more: {
          querystring: {
            type: 'object',
            additionalProperties: false,
            properties: { all: { type: 'boolean', default: false, description: 'Ended and revoked ones too.' } },
          },
        },
      }),
    },
    async (request) => {
      const { subject, groups } = principalOf(request)
      const everything = rolesOf(deps.config(), { groups }).length > 0
      const found = await standing.list(request.query.all ? undefined : Date.now())
      const mine = found.filter((one) => everything || one.by.subject === subject || one.subject === subject)
      return { standing: mine.map(shown) }
    },
  )

  app.delete<{ Params: { id: string } }>(
    '/v1/standing-approvals/:id',
    {
      schema: schemaOf({
        id: 'revokeStandingApproval',
        summary: 'Takes one back: whoever gave it, or an admin.',
        answers: { 200: 'StandingApproval' },
        more: { params },
      }),
    },
    async (request) => {
      const { subject, name, groups } = principalOf(request)
      const found = await standing.find(request.params.id)
      const isAdmin = rolesOf(deps.config(), { groups }).includes('admin')
      if (found.by.subject !== subject && !isAdmin)
        throw new HoopError('NOT_FOUND', `standing approval ${request.params.id}`)
      if (found.revokedAt === undefined) await standing.takeBack(found, { subject, name })
      news.tell()
      request.log.info({ standing: found.id, subject }, 'a standing approval was revoked')
      return shown(await standing.find(found.id))
    },
  )
}
