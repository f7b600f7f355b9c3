import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { asHoopError, HoopError } from '../../lib/errors.js'
import { type Signer, signerOf } from '../note/keys.js'
import { sealKeyOf } from '../seal-key.js'

/** As it stands in the file, newest first. */
export interface WrittenLedgerKey {
  /** Base64 of 32 secret bytes. */
  readonly seed: string
  /** ISO 8601 */
  readonly made: string
  readonly by?: string
  readonly reason?: string
}

export interface WrittenLedgerKeys {
  /** Name of the log, in its checkpoints and at its signatures. */
  readonly origin: string
  readonly keys: readonly [WrittenLedgerKey, ...WrittenLedgerKey[]]
}

/** The keys of one log. */
export interface LedgerKeys {
  readonly origin: string
  /** Newest first: the first one signs. */
  readonly signers: readonly [Signer, ...Signer[]]
  /** What seals rows of the store, by the verifier key of the signer beside which it stands. */
  readonly sealing: ReadonlyMap<string, Buffer>
  /** Who made the newest, and why, where that is known. */
  readonly newest: Pick<WrittenLedgerKey, 'by' | 'reason'>
}

/**
 * Keys for a log that begins. Its name is the gateway's host and a few random letters, so that a log that begins anew is
 * not taken for one that was forked.
 * @param host of the gateway
 */
export const newLedgerKeys = (host: string, now = new Date()): WrittenLedgerKeys => ({
  origin: `${host}/ledger/${randomBytes(4).toString('hex')}`,
  keys: [{ seed: randomBytes(32).toString('base64'), made: now.toISOString() }],
})

export const ledgerKeysText = (keys: WrittenLedgerKeys): string => `${JSON.stringify(keys, undefined, 2)}\n`

/** @throws {HoopError} CONFIG_INVALID */
export const parseLedgerKeys = (text: string): WrittenLedgerKeys => {
  try {
    const read = JSON.parse(text) as WrittenLedgerKeys
    const seeds = read.keys.map(({ seed }) => Buffer.from(seed, 'base64'))
    if (typeof read.origin === 'string' && seeds.length > 0 && seeds.every(({ length }) => length === 32)) return read
  } catch {
    // Said below, without what stands in the file.
  }
  throw new HoopError('CONFIG_INVALID', 'the file of the ledger’s keys holds none', {
    hint: 'Restore it from a backup.',
  })
}

/** @throws {HoopError} KEY_MISSING, FILE_UNREADABLE, CONFIG_INVALID */
export const loadLedgerKeys = async (path: string): Promise<LedgerKeys> => {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new HoopError(cause.code === 'ENOENT' ? 'KEY_MISSING' : 'FILE_UNREADABLE', path, { cause })
  })
  const { origin, keys } = parseLedgerKeys(text)
  const seeds = keys.map(({ seed }) => Buffer.from(seed, 'base64'))
  const [newest, ...former] = seeds.map((seed) => signerOf(origin, seed))
  const { by, reason } = keys[0]
  return {
    origin,
    signers: [newest!, ...former],
    sealing: new Map([newest!, ...former].map(({ vkey }, at) => [vkey, sealKeyOf(origin, seeds[at]!)])),
    newest: { ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) },
  }
}

/**
 * Makes the file where it isn't there yet, for its owner alone.
 * @throws {HoopError} LEDGER_FAILED
 */
export const ensureLedgerKeys = async (path: string, host: string): Promise<void> => {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await using file = await open(path, 'wx', 0o600)
    await file.writeFile(ledgerKeysText(newLedgerKeys(host)))
    await file.sync()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw asHoopError(error, 'LEDGER_FAILED')
  }
}
