import type { DenyList } from '../../../identity/deny-list.js'
import type { Owners } from '../../../identity/service-tokens/owners.js'
import type { ServiceTokenInfo, TokenMark } from '../../../lib/api/service-tokens.js'
import type { ServiceTokenRecord } from '../../../store/tokens/service-tokens.js'
import { accessOf } from '../access.js'
import type { AccessView } from '../view.js'

const day = 86_400_000
/** Milliseconds without a use, and before the end, from which on a token is worth a look. */
const unusedFor = 30 * day
const soon = 7 * day

export interface InfoOptions {
  readonly view: () => AccessView
  readonly owners: Pick<Owners, 'find'>
  readonly denied: Pick<DenyList, 'find'>
  /** Live sessions of a token. */
  readonly live: (id: string) => number
}

const iso = (time: number): string => new Date(time).toISOString()

/** What people are told of a token, and what about it is worth a look. */
export const tokenInfo = (options: InfoOptions, record: ServiceTokenRecord): ServiceTokenInfo => {
  const { id, name, owner, scope, networks, jkt, createdAt, createdBy, expiresAt, rotatedAt, old, used, revoked } =
    record
  return {
    ...{ id, name, owner, connections: scope, networks },
    ...(jkt !== undefined && { boundTo: jkt }),
    ...{ createdAt: iso(createdAt), createdBy, expiresAt: iso(expiresAt) },
    ...(rotatedAt !== undefined && { rotatedAt: iso(rotatedAt) }),
    ...(old && old.until > Date.now() && { oldSecretUntil: iso(old.until) }),
    ...(used && { lastUsed: { at: iso(used.at), ...(used.from !== undefined && { from: used.from }) } }),
    ...(revoked && { revoked: { ...revoked, at: iso(revoked.at) } }),
    marks: marksOf(options, record),
    live: options.live(id),
  }
}

const marksOf = ({ view, owners, denied }: InfoOptions, record: ServiceTokenRecord): TokenMark[] => {
  const now = Date.now()
  const { owner, scope, used, createdAt, expiresAt, revoked } = record
  if (revoked) return ['revoked']
  if (expiresAt <= now) return ['expired']
  const known = owners.find(owner.subject)
  const isGiven = scope.every(
    ({ connection, policy }) => known && accessOf(view(), known, connection)?.policy === policy,
  )
  return [
    ...(denied.find(owner.subject) ? (['owner-revoked'] as const) : []),
    ...(known ? [] : (['owner-gone'] as const)),
    ...(known && !isGiven ? (['access-lost'] as const) : []),
    ...(expiresAt - now < soon ? (['expires-soon'] as const) : []),
    ...(now - (used?.at ?? createdAt) > unusedFor ? (['unused'] as const) : []),
  ]
}

/** Whether it opens nothing any more, whatever its owner may do. */
export const isEnded = ({ marks }: Pick<ServiceTokenInfo, 'marks'>): boolean =>
  marks.includes('revoked') || marks.includes('expired')
