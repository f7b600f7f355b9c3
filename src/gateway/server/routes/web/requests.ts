import type { FastifyReply, FastifyRequest } from 'fastify'
import { asHoopError, HoopError } from '../../../../lib/errors.js'
import { valid } from '../../../../lib/api/approvals.js'
import type { ApprovalRecord } from '../../../../store/approvals/rows.js'
import { visibleRequests } from '../../../approvals/visible.js'
import { readBy } from '../../../ledger/reads.js'
import { isReason } from '../../http/schemas/approvals.js'
import type { App } from '../../http/instance.js'
import type { HttpDeps } from '../../http/deps.js'
import { shownApproval } from '../../http/shown.js'
import { inboxPage } from '../../web/inbox-page.js'
import { markup } from '../../web/markup.js'
import { said, sendPage } from '../../web/layout.js'
import { signInPage, terminalPage } from '../../web/other-pages.js'
import { digestOf } from '../../web/request-digest.js'
import { requestPage } from '../../web/request-page.js'
import { settledBy } from '../../web/request-parts.js'
import { found, page, pageSchema, requestId } from './page-schema.js'
import { beforeForm, demandOwnForm, viewerOf, visitorOf, type Visitor } from './visitor.js'

interface Decision {
  readonly token?: string
  readonly digest?: string
  readonly vote?: string
  readonly reason?: string
}

const params = { type: 'object', properties: { id: requestId }, required: ['id'] }

/** Requests that are listed: those that wait, and those that were settled last. */
const most = { open: 100, settled: 10 }
const settledStates = ['approved', 'used', 'denied', 'expired', 'withdrawn', 'break-glass'] as const

/** Refusals after which the page is shown again, as things are now. */
const shownAgain = ['ACCESS_DENIED', 'APPROVAL_SETTLED', 'FORM_STALE', 'REQUEST_INVALID']

/** The id in the address of a form that is refused before anything is validated. */
const idIn = (given: unknown): string | undefined => {
  const { id } = given as { id?: string }
  return id !== undefined && new RegExp(requestId.pattern).test(id) ? id : undefined
}

/** The requests for browsers. What is decided here goes the way of `POST /v1/approvals/:id/approve`. */
export const requestPages = (app: App, deps: HttpDeps): void => {
  const { approvals, web } = deps

  const unknown = (reply: FastifyReply, id: string | undefined, ended = false): FastifyReply => {
    const viewer = viewerOf(deps)
    if (web.signIn.client === undefined) return sendPage(reply, 200, terminalPage(viewer, id))
    const more = ended ? said('alert', 'You are not signed in any more: nothing was decided.') : markup``
    return sendPage(reply, ended ? 403 : 200, signInPage(viewer, deps.url(), id, more))
  }

  const show = (
    reply: FastifyReply,
    { viewer, person }: Visitor,
    record: ApprovalRecord,
    refused?: { readonly status: number; readonly why: readonly string[]; readonly reason: string },
  ): FastifyReply =>
    sendPage(
      reply,
      refused?.status ?? 200,
      requestPage({
        ...{ viewer, subject: person.subject, request: shownApproval(record, person), digest: digestOf(record) },
        isMaker: approvals.isMaker(person.subject, record.subject),
        ...(refused && { refused: refused.why, reason: refused.reason }),
      }),
    )

  app.get(
    '/approvals',
    {
      config: { isPublic: true },
      schema: pageSchema('getApprovalInbox', 'The requests as a page, for who has signed in by a browser.', {
        answers: { 200: page },
      }),
    },
    async (request, reply) => {
      const visitor = await visitorOf(deps, request, reply)
      if (!visitor) return unknown(reply, undefined)
      const { viewer, person } = visitor
      const sees = (one: ApprovalRecord): boolean => visitor.sees(one)
      const [open, settled] = await Promise.all([
        visibleRequests(approvals.records, { states: ['open'] }, most.open, sees),
        visibleRequests(approvals.records, { states: settledStates }, most.settled, sees),
      ])
      if ([...open, ...settled].some((record) => record.subject !== person.subject))
        await deps.ledger.read(readBy(request, person))
      const shown = (records: readonly ApprovalRecord[]) => records.map((record) => shownApproval(record, person))
      return sendPage(reply, 200, inboxPage(viewer, shown(open), shown(settled)))
    },
  )

  app.get<{ Params: { id: string } }>(
    '/approvals/:id',
    {
      config: { isPublic: true },
      schema: pageSchema('getApprovalPage', 'One request as a page: to decide on it, for who has signed in.', {
        answers: { 200: page },
        more: { params },
      }),
    },
    async (request, reply) => {
      const visitor = await visitorOf(deps, request, reply)
      if (!visitor) return unknown(reply, request.params.id)
      const record = await approvals.records.find(request.params.id)
      if (!visitor.sees(record)) throw new HoopError('NOT_FOUND', `request ${request.params.id}`)
      if (record.subject !== visitor.person.subject) await deps.ledger.read(readBy(request, visitor.person))
      return show(reply, visitor, record)
    },
  )

  const decide = async (visitor: Visitor, id: string, { vote, digest, reason }: Decision): Promise<ApprovalRecord> => {
    const because = wordsOf(reason)
    if (vote !== 'approve' && vote !== 'deny') throw new HoopError('REQUEST_INVALID', 'it says neither yes nor no')
    if (vote === 'deny' && because === '') throw new HoopError('REQUEST_INVALID', 'a denial needs a reason')
    if (because !== '' && !isReason(because))
      throw new HoopError('REQUEST_INVALID', 'the reason is too long, or holds characters that can’t be seen')
    return approvals.decide(id, visitor.person, vote, because || undefined, visitor.hasRole, (record) => {
      if (digest !== digestOf(record)) throw new HoopError('FORM_STALE')
      if (isNamesake(visitor, record)) throw new HoopError('ACCESS_DENIED', 'whoever asks has your name', namesakes)
    })
  }

  app.post<{ Params: { id: string }; Body: Decision | null }>(
    '/approvals/:id',
    {
      config: { isPublic: true },
      onRequest: beforeForm(deps, ({ params: given }, reply) => unknown(reply, idIn(given), true)),
      schema: pageSchema('decideByPage', 'Decides on a request, from the page that shows it.', {
        answers: { 303: found },
        more: { params },
      }),
    },
    async (request: FastifyRequest<{ Params: { id: string }; Body: Decision | null }>, reply) => {
      const { id } = request.params
      const { visitor } = request
      if (!visitor) return unknown(reply, id, true)
      const body = request.body ?? {}
      demandOwnForm(visitor.session, body.token)
      try {
        await decide(visitor, id, body)
      } catch (thrown) {
        const error = asHoopError(thrown)
        if (!shownAgain.includes(error.code)) throw thrown
        const record = await approvals.records.find(id)
        if (!visitor.sees(record)) throw thrown
        if (!isDone(record, visitor, body)) {
          request.failure = error
          const why = whyNot(error, record)
          return show(reply, visitor, record, { status: error.http, why, reason: body.reason ?? '' })
        }
      }
      return reply.redirect(`${visitor.viewer.base}/approvals/${id}`, 303)
    },
  )
}

/**
 * Whoever asks is called as they are, under another subject: a provider may have several for one person, one for each of its
 * clients (pairwise subjects), and nobody decides on their own.
 */
const isNamesake = ({ person: { name, subject } }: Visitor, record: ApprovalRecord): boolean =>
  subject !== record.subject && (name === record.name || record.name.startsWith(`${name}/`))
const namesakes = { hint: 'Decide in the terminal: hoop approvals approve' }

/** A reason is one line. */
const wordsOf = (reason = ''): string => reason.replace(/\s*[\r\n]+\s*/g, ' ').trim()

/** The same form came twice: once it counted. */
const isDone = ({ votes }: ApprovalRecord, { person }: Visitor, { vote }: Decision): boolean =>
  valid(votes).some((one) => one.subject === person.subject && one.vote === vote)

const whyNot = (error: HoopError, record: ApprovalRecord): string[] => {
  if (error.code === 'APPROVAL_SETTLED' && record.state !== 'open')
    return ['Nothing was done: this request is settled.', settledBy({ ...record, mayDecide: false })]
  const hint = error.code === 'ACCESS_DENIED' ? error.hint : ''
  return [`Nothing was done: ${error.about || error.message}.`, hint].filter(Boolean)
}
