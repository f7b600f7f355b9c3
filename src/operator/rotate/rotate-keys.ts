import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { layout } from '../../gateway/host/layout.js'
import { loadMaskingKeys, maskingKeyLength, type MaskingKeys, maskingKeysText } from '../../gateway/host/masking-key.js'
import {
  generateSigningKey,
  type KeyOrigin,
  loadSigningKeys,
  signingKeysText,
  type WrittenKey,
} from '../../identity/keys.js'
import { replaceFile } from './replace-file.js'

/** The longest that a grant can be good, milliseconds: until then the key that signed it has to verify. */
const longestGrant = 3_600_000

export interface RotateOptions {
  /** Path of `hoop.yaml`; the keys lie beside it. */
  readonly config: string
  /** Which; both unless said. */
  readonly only?: 'signing' | 'masking' | undefined
  /** The user of this machine. */
  readonly by: string
  readonly reason?: string | undefined
  /** Looks, and changes nothing. */
  readonly dryRun?: boolean
  readonly now?: Date
}

/** Ids and versions, never the keys. */
export interface RotatedKeys {
  readonly dryRun: boolean
  readonly signing?: {
    /** Thumbprint of the new key; absent in a dry run, which makes none. */
    readonly key?: string
    /** Former keys that go on verifying, and until when the newest of them is needed. */
    readonly kept: readonly string[]
    readonly until: string
    /** Former keys that no grant can be signed by any more. */
    readonly dropped: readonly string[]
  }
  readonly masking?: { readonly version: number; readonly former: readonly number[] }
}

type Written = readonly [WrittenKey, ...WrittenKey[]]

const isOver = ({ retired }: WrittenKey, now: Date): boolean =>
  retired !== undefined && +now - Date.parse(retired) > longestGrant

const kidsOf = (keys: readonly WrittenKey[]): string[] => keys.map(({ kid = '' }) => kid)

/** What the file of signing keys becomes: the new key first, and of the former ones those that a live grant may need. */
const nextSigning = async (path: string, origin: KeyOrigin, now: Date) => {
  const inForce = await loadSigningKeys(path)
  const { keys } = JSON.parse(await readFile(path, 'utf8')) as { keys: Written }
  const named = keys.map((key, at): WrittenKey => ({ ...key, kid: inForce[at]!.kid }))
  const former = named.map((key) => ({ ...key, retired: key.retired ?? now.toISOString() }))
  const kept = former.filter((key) => !isOver(key, now))
  const dropped = former.filter((key) => isOver(key, now))
  const key: WrittenKey = { ...(await generateSigningKey()), ...origin }
  return { text: signingKeysText([key, ...kept]), key, kept: kidsOf(kept), dropped: kidsOf(dropped) }
}

const nextMasking = (path: string, origin: KeyOrigin): MaskingKeys => {
  const former = loadMaskingKeys(path)
  return [{ version: former[0].version + 1, key: randomBytes(maskingKeyLength), ...origin }, ...former]
}

/**
 * Makes new keys for a gateway, which may be running: it takes them up by itself, and ends no session. Each file is
 * replaced at once, that of the signing keys first.
 * @throws {HoopError} KEY_MISSING, FILE_UNREADABLE, CONFIG_INVALID, before anything was changed where the present keys
 * can't be read
 */
export const rotateKeys = async (options: RotateOptions): Promise<RotatedKeys> => {
  const { config, only, by, reason, dryRun = false, now = new Date() } = options
  const beside = (name: string) => join(dirname(resolve(config)), name)
  const origin = { made: now.toISOString(), by, ...(reason !== undefined && { reason }) }
  const signingPath = beside(layout.signingKeys)
  const maskingPath = beside(layout.maskingKey)
  const signing = only === 'masking' ? undefined : await nextSigning(signingPath, origin, now)
  const masking = only === 'signing' ? undefined : nextMasking(maskingPath, origin)
  if (!dryRun) {
    if (signing) await replaceFile(signingPath, signing.text)
    if (masking) await replaceFile(maskingPath, maskingKeysText(masking))
  }
  return {
    dryRun,
    ...(signing && {
      signing: {
        ...(!dryRun && { key: signing.key.kid! }),
        kept: signing.kept,
        until: new Date(+now + longestGrant).toISOString(),
        dropped: signing.dropped,
      },
    }),
    ...(masking && {
      masking: { version: masking[0].version, former: masking.slice(1).map(({ version }) => version) },
    }),
  }
}
