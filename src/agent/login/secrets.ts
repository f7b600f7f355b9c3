import type { JWK } from 'jose'
import { HoopError } from '../../lib/errors.js'
import type { Environment } from '../files/environment.js'
import { type Vault, unavailable } from './keyring.js'
import { vaultForWriting, vaultsForReading } from './vault.js'

/** What a login leaves behind: the IdP's tokens and the private key that proves them. Kept as one text. */
export interface LoginSecrets {
  readonly idToken: string
  readonly refreshToken?: string
  readonly key: JWK
}

/**
 * The login of a profile and where it was found, or undefined where there is none.
 * @throws {HoopError} KEYRING_UNAVAILABLE also where the keyring has lost what was put there, as a locked one seems to
 */
export async function readLogin(
  env: Environment,
  { account, keptIn }: { readonly account: string; readonly keptIn?: 'keyring' | 'file' },
): Promise<{ secrets: LoginSecrets; vault: Vault } | undefined> {
  for (const vault of await vaultsForReading(env)) {
    const text = await vault.read(account).catch((error: unknown) => {
      throw error instanceof HoopError ? error : unavailable(error)
    })
    if (text === undefined) continue
    try {
      return { secrets: JSON.parse(text) as LoginSecrets, vault }
    } catch (cause) {
      throw new HoopError('NOT_LOGGED_IN', 'what was kept of your login cannot be read', { cause })
    }
  }
  if (keptIn === 'keyring')
    throw new HoopError('KEYRING_UNAVAILABLE', 'it does not give back your login', {
      hint: 'Unlock the keyring, or run: hoop login',
    })
  return undefined
}

/** Keeps a new login, in one vault only: an older copy elsewhere is deleted. */
export async function writeLogin(
  env: Environment,
  account: string,
  secrets: LoginSecrets,
  warn: (text: string) => void,
): Promise<Vault> {
  const vault = await vaultForWriting(env, warn)
  await vault.write(account, JSON.stringify(secrets)).catch((error: unknown) => {
    throw unavailable(error)
  })
  for (const other of await vaultsForReading(env)) if (other.kind !== vault.kind) await other.remove(account)
  return vault
}

/** Deletes a login wherever it is. */
export async function removeLogin(env: Environment, account: string): Promise<boolean> {
  let found = false
  for (const vault of await vaultsForReading(env)) found = (await vault.remove(account)) || found
  return found
}
