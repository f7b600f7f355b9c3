import { join } from 'node:path'
import type { JWK } from 'jose'
import { type Environment, home } from '../files/environment.js'
import { withLock } from '../files/lock.js'
import { newProofKey, type ProofKey, readProofKey } from './proof.js'
import { vaultForWriting, vaultsForReading } from './vault.js'

/** Name under which it is kept, beside the logins. */
const account = 'key-of-tokens'

const read = async (env: Environment): Promise<ProofKey | undefined> => {
  for (const vault of await vaultsForReading(env)) {
    const kept = await vault.read(account)
    if (kept !== undefined) return readProofKey(JSON.parse(kept) as JWK)
  }
  return undefined
}

/**
 * The key for tokens that come from elsewhere, one for each HOOP_HOME: a token belongs to the first key that presents it,
 * and the next command has to have the same one. It is kept where logins are. Where nothing can be kept, it lives as long
 * as the process, and a token is good for one command.
 */
export async function keptKey(env: Environment): Promise<ProofKey> {
  try {
    const known = await read(env)
    if (known) return known
    return await withLock(join(home(env), 'locks', account), AbortSignal.timeout(10_000), async () => {
      const since = await read(env)
      if (since) return since
      const { key, jwk } = await newProofKey()
      const vault = await vaultForWriting(env, () => undefined)
      await vault.write(account, JSON.stringify(jwk))
      return key
    })
  } catch {
    return (await newProofKey()).key
  }
}
