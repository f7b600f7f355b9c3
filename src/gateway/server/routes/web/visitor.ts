import { timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Identity } from '../../../../identity/principal.js'
import type { WebSession } from '../../../../identity/web/sessions.js'
import { HoopError } from '../../../../lib/errors.js'
import { rolesOf } from '../../../access/access.js'
import { maySee, type Person } from '../../../approvals/rights.js'
import type { ApprovalRecord } from '../../../../store/approvals/rows.js'
import type { HttpDeps } from '../../http/deps.js'
import type { Viewer } from '../../web/layout.js'
import { cookieOf, cookies, setCookie } from './cookies.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sends a form, where they are signed in. */
    visitor: Visitor | null
  }
}

/** Somebody who has signed in, as they are now. */
export interface Visitor {
  readonly person: Person
  /** They see every request. */
  readonly hasRole: boolean
  readonly session: WebSession
  readonly viewer: Viewer
  sees(one: ApprovalRecord): boolean
}

/** The gateway as its pages name it: links and forms go where clients reach it, whatever the request calls it. */
export const viewerOf = ({ url }: Pick<HttpDeps, 'url'>, session?: WebSession): Viewer => {
  const { pathname, host } = new URL(url())
  return {
    ...{ base: pathname.replace(/\/$/, ''), host },
    ...(session && { session: { name: session.person.name, formToken: session.formToken } }),
  }
}

const isOver = (error: unknown): boolean =>
  error instanceof HoopError && (error.code === 'PERSON_REVOKED' || error.code === 'LOGGED_OUT')

/**
 * Who looks at a page. Whoever is shut out, or logged out at the provider, loses the session.
 * @throws {HoopError} PERSON_REVOKED, LOGGED_OUT, RATE_LIMITED, STORE_FAILED
 */
export const visitorOf = async (
  deps: HttpDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Visitor | undefined> => {
  const { signIn, sessions, admit } = deps.web
  const secret = cookieOf(request.headers.cookie, cookies.session)
  const session = secret === undefined || signIn.client === undefined ? undefined : sessions.find(secret, signIn.client)
  if (secret === undefined || !session) return undefined
  let now: Identity
  try {
    now = await admit(session.person)
  } catch (error) {
    // A store that fails for a moment is no reason to sign in again.
    if (!isOver(error)) throw error
    sessions.end(secret)
    void reply.header('set-cookie', setCookie(cookies.session, '', 0))
    throw error
  }
  const { subject, name } = now
  deps.rates.person('login', subject)
  // What the sign-in named may have been taken away since, and with it the right to read.
  const groups = await deps.approvals.groupsOf(now)
  const hasRole = rolesOf(deps.config(), { groups }).length > 0
  const person = { subject, name, groups }
  return { person, hasRole, session, viewer: viewerOf(deps, session), sees: (one) => maySee(person, hasRole, one) }
}

const same = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/**
 * A form of our own page, by the browser's word (`Origin`, Fetch Metadata).
 * @throws {HoopError} FORM_FOREIGN
 */
const demandOwnOrigin = ({ url }: Pick<HttpDeps, 'url'>, { headers }: Pick<FastifyRequest, 'headers'>): void => {
  if (headers.origin !== new URL(url()).origin) throw new HoopError('FORM_FOREIGN', 'it comes from another address')
  const { 'sec-fetch-site': site = 'same-origin', 'sec-fetch-dest': dest = 'document' } = headers
  if (site !== 'same-origin') throw new HoopError('FORM_FOREIGN', 'it comes from another site')
  if (dest !== 'document') throw new HoopError('FORM_FOREIGN', 'it comes from within another page')
}

/** A form that was made for this sign-in. @throws {HoopError} FORM_FOREIGN */
export const demandOwnForm = ({ formToken }: WebSession, token: string | undefined): void => {
  if (token === undefined || !same(token, formToken))
    throw new HoopError('FORM_FOREIGN', 'it was made for another sign-in')
}

/**
 * Before the body is read: it has to be a form of our own page, by somebody who is signed in. What is refused counts for its
 * address, since anybody may send it.
 * @param refuse answers who is not signed in
 */
export const beforeForm =
  (deps: HttpDeps, refuse: (request: FastifyRequest, reply: FastifyReply) => FastifyReply) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const count = (): void => deps.rates.address('login', deps.address(request.raw))
    const visitor = await visitorOf(deps, request, reply)
    if (!visitor) {
      count()
      return refuse(request, reply)
    }
    try {
      demandOwnOrigin(deps, request)
    } catch (error) {
      count()
      throw error
    }
    request.visitor = visitor
    return undefined
  }
