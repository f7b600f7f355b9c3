import { join } from 'node:path'
import { HoopError } from '../../lib/errors.js'
import { isServiceToken, tokenIdOf } from '../../lib/service-token.js'
import { type Claims, readClaims } from './claims.js'
import { type Environment, home } from '../files/environment.js'
import { withLock } from '../files/lock.js'
import { type LoginSecrets, readLogin } from './secrets.js'
import type { Profile } from './profiles.js'
import { keptKey } from './kept-key.js'
import { readKeyFile } from './key-file.js'
import { newProofKey, type ProofKey, readProofKey } from './proof.js'

/** An ID token with less life than this is refreshed before it is used. Milliseconds. */
const margin = 60_000

/** Somebody's identity, as requests need it. */
export interface Credentials {
  readonly key: ProofKey
  /** A valid ID token, refreshed at the identity provider where it is near its end. */
  token(signal: AbortSignal): Promise<string>
  /**
   * Asks the identity provider again even where the token is still good, so that somebody who was disabled there is
   * noticed. Where the login came without a refresh token, what is there is used to its end.
   * @throws {HoopError} LOGIN_ENDED where the provider refuses, TOKEN_EXPIRED, IDP_UNREACHABLE
   */
  renew(signal: AbortSignal): Promise<string>
  readonly claims: Claims
}

/**
 * HOOP_TOKEN as a command finds it: with the key of HOOP_KEY_FILE; else a service token with a key that lives as long as the
 * process, and an ID token with the one that is kept for the next command.
 * @throws {HoopError} TOKEN_INVALID, TOKEN_EXPIRED, CONFIG_INVALID
 */
export async function environmentCredentials(token: string, env: Environment): Promise<Credentials> {
  const { HOOP_KEY_FILE: file } = env
  const known = file ? await readKeyFile(file) : isServiceToken(token) ? undefined : await keptKey(env)
  return tokenCredentials(token, known)
}

/**
 * An ID token from elsewhere, or a service token.
 * @param known the key that it belongs to; without one, a key that lives as long as the process
 * @throws {HoopError} TOKEN_INVALID, TOKEN_EXPIRED
 */
export async function tokenCredentials(token: string, known?: ProofKey): Promise<Credentials> {
  const key = known ?? (await newProofKey()).key
  if (isServiceToken(token)) return serviceCredentials(token, key)
  const claims = readClaims(token)
  if (!claims)
    throw new HoopError('TOKEN_INVALID', 'HOOP_TOKEN holds neither an ID token nor a service token', {
      hint: 'Set it to one: hoop tokens create makes service tokens.',
    })
  const give = async (): Promise<string> => {
    if (claims.expiresAt <= Date.now())
      throw new HoopError('TOKEN_EXPIRED', 'HOOP_TOKEN', { hint: 'Get a new ID token for HOOP_TOKEN.' })
    return token
  }
  return { key, claims, token: give, renew: give }
}

/** A service token has no end that it tells of: the gateway says when it is no longer good. */
function serviceCredentials(token: string, key: ProofKey): Credentials {
  const id = serviceTokenId(token)
  const give = async (): Promise<string> => token
  return { key, claims: { ...nameOfToken(id), expiresAt: Infinity }, token: give, renew: give }
}

/** @throws {HoopError} TOKEN_INVALID where it was mistyped, so that no gateway has to be asked */
export function serviceTokenId(token: string): string {
  const id = tokenIdOf(token)
  if (id === undefined)
    throw new HoopError('TOKEN_INVALID', 'the service token in HOOP_TOKEN was mistyped or cut', {
      hint: 'Copy the whole token, from hoop_st_ to its end.',
    })
  return id
}

/** What is known of a service token without the gateway. */
export const nameOfToken = (id: string) => ({ subject: `token:${id}`, name: `service token ${id}` })

/** The login of a profile. @throws {HoopError} NOT_LOGGED_IN */
export async function loginCredentials(env: Environment, profile: Profile): Promise<Credentials> {
  const first = await readLogin(env, profile)
  if (!first) throw new HoopError('NOT_LOGGED_IN', profile.name)
  let { secrets } = first
  const key = await readProofKey(secrets.key)
  let flying: Promise<string> | undefined

  const refreshed = async (force: boolean, signal: AbortSignal): Promise<string> => {
    const used = secrets.idToken
    // Across processes: a rotating refresh token is good for one use, and a second use ends the whole login.
    secrets = await withLock(join(home(env), 'locks', profile.account), signal, async () => {
      const now = await readLogin(env, profile)
      if (!now) throw new HoopError('NOT_LOGGED_IN', `${profile.name}: somebody logged out`)
      if (now.secrets.key.x !== secrets.key.x)
        throw new HoopError('NOT_LOGGED_IN', `${profile.name}: there was a new login`, {
          hint: 'Start the command again.',
        })
      if (!force && now.secrets.idToken !== used && remaining(now.secrets) > margin) return now.secrets
      if (now.secrets.refreshToken === undefined) return now.secrets
      const { refresh } = await import('./refresh.js')
      const next: LoginSecrets = {
        ...now.secrets,
        ...(await refresh(env, profile, now.secrets.refreshToken, key, signal)),
      }
      await now.vault.write(profile.account, JSON.stringify(next))
      return next
    })
    if (remaining(secrets) <= 0) throw new HoopError('TOKEN_EXPIRED', profile.name)
    return secrets.idToken
  }
  const once = (force: boolean, signal: AbortSignal): Promise<string> =>
    (flying ??= refreshed(force, signal).finally(() => (flying = undefined)))

  return {
    key,
    get claims() {
      return readClaims(secrets.idToken) ?? { subject: '', issuer: profile.issuer, name: '', expiresAt: 0 }
    },
    token: async (signal) => (remaining(secrets) > margin ? secrets.idToken : once(false, signal)),
    renew: (signal) => once(true, signal),
  }
}

const remaining = (secrets: LoginSecrets): number => (readClaims(secrets.idToken)?.expiresAt ?? 0) - Date.now()
