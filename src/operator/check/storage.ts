import { randomUUID } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { access, constants, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HoopError } from '../../lib/errors.js'
import type { GatewayConfig } from '../../policy/config/schema.js'
import type { SecretSpec } from '../../policy/config/sections/secret.js'
import type { Secret } from '../../policy/config/secrets/secret.js'
import { storePlace } from '../../gateway/upstream/store-place.js'
import { nameOf, type StorePlace, tryStore } from '../../store/open.js'
import { freeSpace, leastSpace } from '../../gateway/host/space.js'
import { ledgerFolder, pathIn } from '../../gateway/host/layout.js'
import { type CheckResult, type Finding, step } from './step.js'

const mib = 2 ** 20
/** Below this the check warns, bytes. */
const comfortable = 1024 * mib

/** The nearest folder that is there: what isn't yet is made in it. */
const existing = (path: string): string => (existsSync(path) ? path : existing(dirname(path)))

const assertWritable = (folder: string): Promise<void> =>
  access(folder, constants.W_OK | constants.X_OK).catch((cause: unknown) => {
    throw new HoopError('STORE_FAILED', `${folder} cannot be written`, {
      cause,
      hint: 'Run this as the user that the gateway runs as, and give that user the folder.',
    })
  })

// A store that isn't there is not made: run by another user, the check would leave a file that the gateway can't open.
const store = async (place: StorePlace, version?: string): Promise<Finding> => {
  const name = nameOf(place)
  if (typeof place === 'string' && !existsSync(name)) {
    await assertWritable(existing(dirname(name)))
    return `${name} is made at the first start`
  }
  if (await tryStore(place, { version })) return `${name} is brought up to date at the next start`
  return `${name} can be read and written`
}

const recordings = async (folder: string): Promise<Finding> => {
  if (!existsSync(folder)) {
    await assertWritable(existing(folder))
    return `${folder} is made at the first start`
  }
  const probe = join(folder, `.probe-${randomUUID()}`)
  try {
    await using file = await open(probe, 'wx', 0o600)
    await file.writeFile('probe')
    await file.datasync()
  } catch (cause) {
    throw new HoopError('RECORDING_FAILED', `${folder} (${(cause as NodeJS.ErrnoException).code})`, { cause })
  } finally {
    await rm(probe, { force: true }).catch(() => undefined)
  }
  if (process.platform !== 'win32' && (statSync(folder).mode & 0o077) !== 0)
    return { warning: `${folder} can be opened by others`, hint: `Run: chmod 700 ${folder}` }
  return `${folder} can be written`
}

const ledger = async (gateway: GatewayConfig): Promise<Finding> => {
  const folder = ledgerFolder(gateway)
  await assertWritable(existing(folder))
  return existsSync(folder) ? `${folder} can be written` : `${folder} is made at the first start`
}

/** Where nothing leaves the gateway's reach, whoever holds it can rewrite all of the record. */
const ledgerCopies = async ({ ledger: { copies, witnesses } }: GatewayConfig): Promise<Finding> => {
  for (const copy of copies) if (copy.startsWith('file:')) await assertWritable(existing(pathIn(copy)))
  if (copies.length === 0 && witnesses.length > 0)
    return witnesses.length === 1 ? 'checkpoints go to a witness' : `checkpoints go to ${witnesses.length} witnesses`
  if (copies.length > 0)
    return copies.length === 1 ? 'checkpoints go to one place' : `checkpoints go to ${copies.length} places`
  return {
    warning:
      'no copy of the ledger’s checkpoints leaves this machine: whoever holds it could rewrite the record unseen',
    hint: 'Name places under gateway.ledger.copies that this machine can add to and not change, or a witness under gateway.ledger.witnesses.',
  }
}

const space = async (folder: string): Promise<Finding> => {
  const free = await freeSpace(existing(folder))
  const words = `${Math.round(free / mib).toLocaleString('en-US')} MiB free for recordings`
  const hint = 'Make room, or move gateway.recordings to a larger disk.'
  if (free < leastSpace) throw new HoopError('RECORDING_FAILED', words, { hint })
  return free < comfortable ? { warning: words, hint } : words
}

/** Where the gateway keeps its state and its recordings. */
export async function* checkStorage(
  gateway: GatewayConfig,
  secret: (spec: SecretSpec) => Secret,
  version?: string,
): AsyncGenerator<CheckResult> {
  const folder = pathIn(gateway.recordings)
  yield await step('store', () => store(storePlace(gateway, secret), version))
  yield await step('recordings', () => recordings(folder))
  yield await step('ledger', () => ledger(gateway))
  yield await step('ledger copies', () => ledgerCopies(gateway))
  yield await step('disk space', () => space(folder))
}
