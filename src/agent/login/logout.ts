import { HoopError } from '../../lib/errors.js'
import type { Environment } from '../files/environment.js'
import { readLogin, removeLogin } from './secrets.js'
import { findProfile, forgetProfile, type Profile } from './profiles.js'

export interface LoggedOut {
  readonly profile: Profile
  /** Whether the identity provider ended the login too. */
  readonly revoked: boolean
  /** What could not be done, in words. */
  readonly failed: readonly string[]
}

/**
 * Ends a login: at the identity provider first, then here. What is here is deleted even where the provider can't be
 * reached.
 * @throws {HoopError} NOT_LOGGED_IN where there is no such login
 */
export async function logout(env: Environment, gateway: string | undefined, signal: AbortSignal): Promise<LoggedOut> {
  const profile = await findProfile(env, gateway)
  if (!profile) throw new HoopError('NOT_LOGGED_IN', gateway ?? '', { hint: '' })
  const failed: string[] = []
  // A login that can't be read can't be revoked, and must still be deleted.
  const login = await readLogin(env, profile).catch((error: unknown) => {
    failed.push(`the login could not be read: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  })
  const refreshToken = login?.secrets.refreshToken
  let revoked = false
  if (refreshToken !== undefined) {
    const { revoke } = await import('./refresh.js')
    const why = await revoke(env, profile, refreshToken, AbortSignal.any([signal, AbortSignal.timeout(15_000)]))
    revoked = why === undefined
    if (why !== undefined) failed.push(`the login could not be ended at the identity provider: ${why}`)
  }
  if (!(await removeLogin(env, profile.account)) && login)
    failed.push('the login could not be deleted from the keyring')
  await forgetProfile(env, profile.name)
  return { profile, revoked, failed }
}
