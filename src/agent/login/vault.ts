import { HoopError } from '../../lib/errors.js'
import type { Environment } from '../files/environment.js'
import { openKeyring, probe, type Vault } from './keyring.js'
import { openSecretFiles } from './secret-file.js'

type Choice = 'auto' | 'system' | 'file'

function choice(env: Environment): Choice {
  const { HOOP_KEYRING = 'auto' } = env
  if (HOOP_KEYRING === 'auto' || HOOP_KEYRING === 'system' || HOOP_KEYRING === 'file') return HOOP_KEYRING
  throw new HoopError('CONFIG_INVALID', `HOOP_KEYRING is ${JSON.stringify(HOOP_KEYRING)}`, {
    hint: 'Set HOOP_KEYRING to auto, system or file.',
  })
}

/**
 * Where a login's secrets are put: the keyring if it works, a file where it doesn't, with a warning; HOOP_KEYRING
 * (auto, system, file) decides otherwise.
 * @throws {HoopError} KEYRING_UNAVAILABLE where the keyring was demanded
 */
export async function vaultForWriting(env: Environment, warn: (text: string) => void): Promise<Vault> {
  const wanted = choice(env)
  if (wanted === 'file') return openSecretFiles(env)
  try {
    const keyring = await openKeyring()
    await probe(keyring)
    return keyring
  } catch (error) {
    if (wanted === 'system') throw error
    warn(
      'there is no usable system keyring, so your login is kept in a file that only you can read. ' +
        'HOOP_KEYRING=file says that this is all right; HOOP_KEYRING=system forbids it.',
    )
    return openSecretFiles(env)
  }
}

/** The vaults in which a login may be found. A keyring that fails holds nothing, unless it was demanded. */
export async function vaultsForReading(env: Environment): Promise<readonly Vault[]> {
  const wanted = choice(env)
  const files = openSecretFiles(env)
  if (wanted === 'file') return [files]
  const keyring = await openKeyring()
  return wanted === 'system' ? [keyring] : [files, forgiving(keyring)]
}

const forgiving = (vault: Vault): Vault => ({
  ...vault,
  read: (account) => vault.read(account).catch(() => undefined),
  remove: (account) => vault.remove(account).catch(() => false),
})
