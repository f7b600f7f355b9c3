import type { FastifyRequest } from 'fastify'
import type { Actor } from '../../lib/api.js'
import type { Principal } from '../../identity/types.js'
import type { LeafContents } from '../../ledger/leaves.js'

/** Where what is kept for auditors is read: whatever the API has below these is noted. */
const audited = ['/v1/people', '/v1/sessions', '/v1/acts', '/v1/statements', '/v1/exposure', '/v1/audit']

/** Notes what is read by itself: of a session that is followed each answer goes on where the one before stood. */
export const followingRoute = '/v1/sessions/:id/following'

/** Whether a route reads what was recorded of people. */
const isAudited = (method: string, route: string | undefined): boolean =>
  method === 'GET' &&
  route !== followingRoute &&
  audited.some((path) => route === path || route?.startsWith(`${path}/`))

const longest = 500

/**
 * That words were searched for stays in the ledger, and not which: they may be what a mask hides, and of a few words a hash
 * would tell them as well.
 */
const withoutWords = (url: string): string => {
  const [path = '', ...query] = url.split('?')
  const given = new URLSearchParams(query.join('?'))
  if (!given.has('text')) return url
  given.set('text', '…')
  return `${path}?${given.toString()}`
}

/** Who wants to see what, as the ledger keeps it; undefined for requests that read nothing of the kind. */
export const readOf = (
  request: Pick<FastifyRequest, 'method' | 'url' | 'routeOptions'>,
  { subject, name }: Pick<Principal, 'subject' | 'name'>,
): LeafContents['read'] | undefined => {
  return isAudited(request.method, request.routeOptions.url) ? readBy(request, { subject, name }) : undefined
}

/** That somebody wants to see what a request asks for. */
export const readBy = (
  { method, url, routeOptions }: Pick<FastifyRequest, 'method' | 'url' | 'routeOptions'>,
  { subject, name }: Actor,
): LeafContents['read'] => ({
  by: { subject, name },
  what: `${method} ${routeOptions.url}`,
  target: withoutWords(url).slice(0, longest),
})
