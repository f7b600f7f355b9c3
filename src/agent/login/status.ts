import type { Actor, ConnectionUse, Me } from '../../lib/api.js'
import { asHoopError } from '../../lib/errors.js'
import { isServiceToken } from '../../lib/service-token.js'
import { type Claims, readClaims } from './claims.js'
import { type ClientOptions, openClient } from '../api/client.js'
import { nameOfToken, serviceTokenId } from './credentials.js'
import type { Environment } from '../files/environment.js'
import { reachGateway, toleratedSkew } from '../api/gateway-info.js'
import { readLogin } from './secrets.js'
import { findTarget } from '../api/target.js'
import type { TokenSource } from './workload/source.js'

/** Milliseconds that the gateway may take to answer before it counts as out of reach. */
const patience = 3_000

export interface Status {
  readonly gateway: string
  readonly profile?: string
  readonly person?: Omit<Claims, 'expiresAt'>
  /** Of a service token, where the gateway can be asked: whose it is. */
  readonly owner?: Actor
  /** Why the gateway refuses the service token. */
  readonly refused?: Problem
  /** ISO 8601: until when the token is good, and whether it is renewed without a new login. */
  readonly expiresAt?: string
  readonly renewable: boolean
  readonly source: 'HOOP_TOKEN' | 'keyring' | 'file' | TokenSource['name'] | 'none'
  /** Of a program that its platform vouches for: the trust that takes it, and the claims by which it fitted. */
  readonly workload?: NonNullable<Me['workload']>
  readonly reachable: boolean
  readonly version?: string
  /** Milliseconds by which the gateway's clock is ahead, where that is more than proofs bear. */
  readonly clockAhead?: number
  /** Why the gateway can't be reached, or doesn't take the token of the platform. */
  readonly problem?: Problem
}

export interface Problem {
  readonly code: string
  readonly message: string
  readonly hint: string
}

/** What is left of the caller's budgets. @throws {HoopError} where the gateway doesn't say */
export async function budgetsLeft(
  env: Environment,
  gateway: string | undefined,
  signal: AbortSignal,
): Promise<readonly ConnectionUse[]> {
  const client = await openClient({ env, gateway, signal })
  try {
    return (await client.get<{ connections: ConnectionUse[] }>('/v1/usage')).connections
  } finally {
    client.close()
  }
}

/** As whom the gateway takes a program's token: nobody can say it but the gateway. */
async function workloadStatus(
  env: Environment,
  gateway: string | undefined,
  signal: AbortSignal,
): Promise<Partial<Status>> {
  const client = await openClient({ env, gateway, signal })
  try {
    const { subject, name, workload } = await client.get<Me>('/v1/me')
    const expiresAt = new Date(client.credentials.claims.expiresAt).toISOString()
    return { person: { subject, name }, expiresAt, ...(workload && { workload }) }
  } catch (error) {
    signal.throwIfAborted()
    const { code, message, hint } = asHoopError(error)
    return { problem: { code, message, hint } }
  } finally {
    client.close()
  }
}

/** Who is logged in and whether the gateway answers; the first is known without the second. */
export async function status(env: Environment, gateway: string | undefined, signal: AbortSignal): Promise<Status> {
  const { route, token, profile, source } = await findTarget(env, gateway)
  const reaching = reachGateway(route, patience, signal).then(
    ({ info, ahead }) => ({
      reachable: true,
      version: info.version,
      ...(Math.abs(ahead) > toleratedSkew && { clockAhead: ahead }),
    }),
    (error: unknown) => {
      signal.throwIfAborted()
      const { code, message, hint } = asHoopError(error)
      return { reachable: false, problem: { code, message, hint } }
    },
  )
  // A wait on the keyring must not leave a failure of the other unhandled.
  const [login, reached] = await Promise.all([
    profile && token === undefined ? readLogin(env, profile) : undefined,
    reaching,
  ])
  const asked = source && reached.reachable ? await workloadStatus(env, gateway, signal) : {}
  const service = token !== undefined && isServiceToken(token)
  const claims = service ? undefined : readClaims(token ?? login?.secrets.idToken ?? '')
  return {
    gateway: route.url.href.replace(/\/$/, ''),
    ...(profile && { profile: profile.name }),
    ...(claims && { person: withoutExpiry(claims), expiresAt: new Date(claims.expiresAt).toISOString() }),
    ...(service && (await serviceToken(token, reached.reachable, { env, gateway, signal }))),
    renewable: login?.secrets.refreshToken !== undefined || asked.person !== undefined,
    source: token !== undefined ? 'HOOP_TOKEN' : (source?.name ?? login?.vault.kind ?? 'none'),
    ...reached,
    ...asked,
  }
}

/** What the gateway says of a service token; the token itself says no more than its id. */
async function serviceToken(
  token: string,
  isReachable: boolean,
  options: ClientOptions,
): Promise<Pick<Status, 'person' | 'owner' | 'expiresAt' | 'refused'>> {
  const person = nameOfToken(serviceTokenId(token))
  if (!isReachable) return { person }
  try {
    const client = await openClient(options)
    try {
      const { subject, name, token: found } = await client.get<Me>('/v1/me')
      return { person: { subject, name }, ...(found && { owner: found.owner, expiresAt: found.expiresAt }) }
    } finally {
      client.close()
    }
  } catch (error) {
    options.signal.throwIfAborted()
    const { code, message, hint } = asHoopError(error)
    return { refused: { code, message, hint } }
  }
}

const withoutExpiry = ({ expiresAt: _, ...person }: Claims): Omit<Claims, 'expiresAt'> => person
