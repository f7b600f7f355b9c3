import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HoopError } from '../../lib/errors.js'
import { type Environment, home } from '../files/environment.js'
import type { Vault } from './keyring.js'
import { readIfThere, writePrivate } from '../files/private-file.js'

/** Secrets in files of their own that only their owner can read (0600), for machines without a keyring. */
export function openSecretFiles(env: Environment): Vault {
  const path = (account: string): string => join(home(env), 'secrets', `${account}.json`)
  return {
    kind: 'file',
    read: async (account) => {
      const secret = await readIfThere(path(account))
      if (secret !== undefined) await refuseShared(path(account))
      return secret
    },
    write: (account, secret) => writePrivate(path(account), secret),
    remove: async (account) => {
      const there = (await readIfThere(path(account))) !== undefined
      await rm(path(account), { force: true })
      return there
    },
  }
}

/** As ssh does: a secret that others can read is one no longer. */
async function refuseShared(path: string): Promise<void> {
  const { mode } = await stat(path)
  if ((mode & 0o077) === 0 || process.platform === 'win32') return
  throw new HoopError('KEYRING_UNAVAILABLE', `${path} can be read by other users`, {
    hint: `Run: chmod 600 ${path}, then hoop logout and hoop login, since others may have read it.`,
  })
}
