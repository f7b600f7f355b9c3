import { randomUUID } from 'node:crypto'
import { decodeProtectedHeader, errors, jwtVerify, SignJWT, type JWTPayload } from 'jose'
import { HoopError } from '../lib/errors.js'
import { type SigningKeys, verifyingKey } from './keys.js'
import type { Grant, Login, Owner, Principal, TokenUse, WorkloadProof } from './types.js'

const grantType = 'hoop-grant+jwt'

/** What the design allows at most, milliseconds. */
const longest = 3_600_000

export interface GrantOptions {
  /** Who issues and accepts it: the gateway's address. */
  readonly gateway: string
  readonly keys: SigningKeys
  readonly now?: () => Date
}

export interface GrantOrder {
  readonly principal: Principal
  readonly connection: string
  readonly reason?: string
  readonly breakGlass?: boolean
  /** The chain that this one continues; a new one begins where it is left out. */
  readonly chain?: string
  /** Milliseconds; an hour at most. */
  readonly lifetime: number
}

const seconds = (date: Date) => Math.floor(date.getTime() / 1000)

/** Signs a grant, bound to the key that proved the request. */
export const issueGrant = async (
  order: GrantOrder,
  { gateway, keys: [key], now = () => new Date() }: GrantOptions,
): Promise<{ token: string; grant: Grant }> => {
  const { principal, connection, reason, breakGlass = false, lifetime } = order
  const id = randomUUID()
  const chain = order.chain ?? id
  const issuedAt = seconds(now())
  const expires = issuedAt + Math.floor(Math.min(lifetime, longest) / 1000)
  const token = await new SignJWT({
    idp: principal.issuer,
    name: principal.name,
    ...(principal.email !== undefined && { email: principal.email }),
    groups: [...principal.groups],
    ...(principal.owner && { owner: principal.owner }),
    ...(principal.token && { token: principal.token }),
    ...(principal.workload && { workload: principal.workload }),
    ...(principal.login && { login: principal.login }),
    connection,
    ...(reason !== undefined && { reason }),
    ...(breakGlass && { breakGlass }),
    chain,
    cnf: { jkt: principal.jkt },
  })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: grantType })
    .setIssuer(gateway)
    .setAudience(gateway)
    .setSubject(principal.subject)
    .setJti(id)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expires)
    .sign(key.privateKey)
  const grant = { id, chain, principal, connection, expiresAt: new Date(expires * 1000) }
  return { token, grant: { ...grant, ...(reason !== undefined && { reason }), ...(breakGlass && { breakGlass }) } }
}

/** The claims are our own, signed with our own key, so their shape needs no second look. */
interface GrantClaims extends JWTPayload {
  sub: string
  jti: string
  exp: number
  idp: string
  name: string
  email?: string
  groups: string[]
  owner?: Owner
  token?: TokenUse
  workload?: WorkloadProof
  login?: Login
  connection: string
  reason?: string
  breakGlass?: boolean
  chain: string
  cnf: { jkt: string }
}

const grantOf = (claims: GrantClaims): Grant => ({
  id: claims.jti,
  chain: claims.chain,
  principal: {
    subject: claims.sub,
    issuer: claims.idp,
    name: claims.name,
    ...(claims.email !== undefined && { email: claims.email }),
    groups: claims.groups,
    ...(claims.owner && { owner: claims.owner }),
    ...(claims.token && { token: claims.token }),
    ...(claims.workload && { workload: claims.workload }),
    ...(claims.login && { login: claims.login }),
    jkt: claims.cnf.jkt,
  },
  connection: claims.connection,
  ...(claims.reason !== undefined && { reason: claims.reason }),
  ...(claims.breakGlass === true && { breakGlass: true }),
  expiresAt: new Date(claims.exp * 1000),
})

export const isGrant = (token: string): boolean => {
  try {
    return decodeProtectedHeader(token).typ === grantType
  } catch {
    return false
  }
}

/**
 * Checks a grant that came with a proof by the key with thumbprint `jkt`. The gateway's own clock made it, so no
 * difference between clocks is tolerated.
 * @throws {HoopError} GRANT_INVALID, also for a grant that is bound to another key; GRANT_EXPIRED
 */
export const verifyGrant = async (
  token: string,
  jkt: string,
  { gateway, keys, now = () => new Date() }: GrantOptions,
): Promise<Grant> => {
  const key = ({ kid }: { kid?: string }) => {
    const found = verifyingKey(keys, kid, now().getTime())
    if (!found) throw new errors.JWKSNoMatchingKey()
    return found
  }
  const { payload } = await jwtVerify<GrantClaims>(token, key, {
    typ: grantType,
    algorithms: ['EdDSA', 'ES256'],
    issuer: gateway,
    audience: gateway,
    requiredClaims: ['exp', 'jti'],
    currentDate: now(),
  }).catch((error: unknown) => {
    if (error instanceof errors.JWTExpired) throw new HoopError('GRANT_EXPIRED', '', { cause: error })
    throw new HoopError('GRANT_INVALID', '', { cause: error })
  })
  const grant = grantOf(payload)
  if (grant.principal.jkt !== jkt) throw new HoopError('GRANT_INVALID', 'it is bound to another key')
  return grant
}
