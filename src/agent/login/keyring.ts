import { randomUUID } from 'node:crypto'
import { HoopError } from '../../lib/errors.js'

const service = 'hoop'

/** A place for secrets: one text per account. */
export interface Vault {
  readonly kind: 'keyring' | 'file'
  read(account: string): Promise<string | undefined>
  write(account: string, secret: string): Promise<void>
  /** Whether there was something to delete. */
  remove(account: string): Promise<boolean>
}

/**
 * The system's keyring. On Linux it is pinned to the Secret Service: left to choose, the library may take the kernel's
 * key store, which another process can't read. The `keytar`-shaped module can't pin, so the entries are used directly.
 */
export async function openKeyring(): Promise<Vault> {
  const { AsyncEntry } = await import('@napi-rs/keyring')
  const entry = (account: string): InstanceType<typeof AsyncEntry> =>
    new AsyncEntry(service, account, { linux: { store: 'secret-service' } })
  return {
    kind: 'keyring',
    read: async (account) => (await patient(entry(account).getPassword())) ?? undefined,
    write: async (account, secret) => void (await patient(entry(account).setPassword(secret))),
    remove: async (account) => patient(entry(account).deletePassword()),
  }
}

/**
 * Whether the keyring works, by writing, reading and deleting: a locked one refuses only the writing, and a session
 * without D-Bus only shows at first use.
 * @throws {HoopError} KEYRING_UNAVAILABLE
 */
export async function probe(keyring: Vault): Promise<void> {
  const account = `probe ${randomUUID()}`
  try {
    await keyring.write(account, account)
    const found = await keyring.read(account)
    await keyring.remove(account)
    if (found !== account) throw new Error('it did not give back what was written')
  } catch (cause) {
    throw unavailable(cause)
  }
}

export const unavailable = (cause: unknown): HoopError =>
  new HoopError('KEYRING_UNAVAILABLE', cause instanceof Error ? cause.message.split('\n')[0] : String(cause), { cause })

/** Milliseconds; a keyring may be asking its owner for the password. */
const patience = 60_000

function patient<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('it did not answer within 60 s')), patience)
  return Promise.race([work, promise]).finally(() => clearTimeout(timer))
}
