import type { Logger } from 'pino'
import { loadSigningKeys, type SigningKeys } from '../../../identity/keys.js'
import { asHoopError } from '../../../lib/errors.js'
import type { WriteAudit } from '../../access/audit-log.js'
import { loadMaskingKeys, type MaskingKeys } from '../../host/masking-key.js'

/** The gateway's own keys, and their replacement without a restart. */
export interface KeysInForce {
  readonly signing: SigningKeys
  /** The newest masking key. */
  readonly masking: Buffer
  /** Takes up rotated files. Never throws: what can't be read leaves the keys in force. @returns whether the masking key is another */
  reload(): Promise<boolean>
}

interface Paths {
  readonly signing: string
  readonly masking: string
}

const load = async ({ signing, masking }: Paths) => ({
  signing: await loadSigningKeys(signing),
  masking: loadMaskingKeys(masking),
})

type Loaded = Awaited<ReturnType<typeof load>>

/** Who stands on the gateway's machine has no login of the gateway's. */
const actor = (by: string) => ({ subject: `host:${by}`, name: by })

/** Keys that came since: each says itself who made it and why. */
const rotated = function* (before: Loaded, now: Loaded): Generator<Parameters<WriteAudit>[0]> {
  const [key] = now.signing
  if (before.signing.every(({ kid }) => kid !== key.kid) && key.origin) {
    const { by, reason } = key.origin
    yield {
      act: 'keys.rotate',
      after: { keys: 'signing' },
      target: key.kid,
      by: actor(by),
      ...(reason !== undefined && { reason }),
    }
  }
  const [{ version, by, reason }] = now.masking
  if (version > before.masking[0].version && by !== undefined)
    yield {
      act: 'keys.rotate',
      after: { keys: 'masking' },
      target: `${version}`,
      by: actor(by),
      ...(reason !== undefined && { reason }),
    }
}

const isSame = ([one]: MaskingKeys, [other]: MaskingKeys): boolean => one.key.equals(other.key)

const ids = ({ signing, masking }: Loaded) => ({
  signing: signing.map(({ kid }) => kid),
  masking: masking.map(({ version }) => version),
})

/** @throws {HoopError} KEY_MISSING, FILE_UNREADABLE, CONFIG_INVALID: a gateway doesn't start without its keys */
export const openKeys = async (paths: Paths, log: Logger, audit: WriteAudit): Promise<KeysInForce> => {
  let current = await load(paths)
  let last: Promise<boolean> = Promise.resolve(false)

  /** The keys are in force even where that can't be written down. */
  const written = (act: Parameters<WriteAudit>[0]): Promise<void> =>
    audit(act).catch((err: unknown) => log.error({ err }, 'it was not written down who rotated keys'))

  const replace = async (): Promise<boolean> => {
    try {
      const loaded = await load(paths)
      const before = current
      current = loaded
      if (JSON.stringify(ids(before)) !== JSON.stringify(ids(loaded))) log.info(ids(loaded), 'other keys are in force')
      for (const act of rotated(before, loaded)) await written(act)
      return !isSame(before.masking, loaded.masking)
    } catch (error) {
      const { code, message } = asHoopError(error)
      log.error({ code }, `the keys that were in force stay in force: ${message}`)
      return false
    }
  }

  return {
    get signing() {
      return current.signing
    },
    get masking() {
      return current.masking[0].key
    },
    reload: () => (last = last.then(replace)),
  }
}
