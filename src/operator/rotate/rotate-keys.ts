import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { layout } from '../../gateway/host/layout.js'
import { loadMaskingKeys, maskingKeyLength, type MaskingKeys, maskingKeysText } from '../../gateway/host/masking-key.js'
import {
  generateSigningKey,
  type KeyOrigin,
  loadSigningKeys,
  longestSigned,
  signingKeysText,
  type WrittenKey,
} from '../../identity/keys.js'
import { ledgerKeysText, parseLedgerKeys, type WrittenLedgerKey } from '../../ledger/log/key-file.js'
import { signerOf } from '../../ledger/note/keys.js'
import { HoopError } from '../../lib/errors.js'
import { replaceFile } from './replace-file.js'

export const keyKinds = ['signing', 'masking', 'ledger'] as const
export type KeyKind = (typeof keyKinds)[number]

export interface RotateOptions {
  /** Path of `hoop.yaml`; the keys lie beside it. */
  readonly config: string
  /** Which; all unless said. */
  readonly only?: KeyKind | undefined
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
  readonly ledger?: {
    /** Verifier key of the new one; absent in a dry run, which makes none. */
    readonly vkey?: string
    readonly former: readonly string[]
  }
}

type Written = readonly [WrittenKey, ...WrittenKey[]]

const isOver = ({ retired }: WrittenKey, now: Date): boolean =>
  retired !== undefined && +now - Date.parse(retired) > longestSigned

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

/** The new key first; former ones stay, since the gateway hands over from them when it takes the file up. */
const nextLedger = async (path: string, origin: KeyOrigin) => {
  const { keys, ...log } = parseLedgerKeys(
    await readFile(path, 'utf8').catch((cause: unknown) => {
      throw new HoopError('KEY_MISSING', path, { cause, hint: 'It is made at the gateway’s first start.' })
    }),
  )
  const key: WrittenLedgerKey = { seed: randomBytes(32).toString('base64'), ...origin }
  const vkeyOf = ({ seed }: WrittenLedgerKey) => signerOf(log.origin, Buffer.from(seed, 'base64')).vkey
  return { text: ledgerKeysText({ ...log, keys: [key, ...keys] }), vkey: vkeyOf(key), former: keys.map(vkeyOf) }
}

/** Whether the file of the ledger's keys is to be changed: a gateway of an earlier version has none yet. */
const rotatesLedger = (only: KeyKind | undefined, path: string): boolean =>
  only === 'ledger' || (only === undefined && existsSync(path))

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
  const ledgerPath = beside(layout.ledgerKeys)
  const signing = only !== undefined && only !== 'signing' ? undefined : await nextSigning(signingPath, origin, now)
  const masking = only !== undefined && only !== 'masking' ? undefined : nextMasking(maskingPath, origin)
  const ledger = rotatesLedger(only, ledgerPath) ? await nextLedger(ledgerPath, origin) : undefined
  if (!dryRun) {
    if (signing) await replaceFile(signingPath, signing.text)
    if (masking) await replaceFile(maskingPath, maskingKeysText(masking))
    if (ledger) await replaceFile(ledgerPath, ledger.text)
  }
  return {
    dryRun,
    ...(signing && {
      signing: {
        ...(!dryRun && { key: signing.key.kid! }),
        kept: signing.kept,
        until: new Date(+now + longestSigned).toISOString(),
        dropped: signing.dropped,
      },
    }),
    ...(masking && {
      masking: { version: masking[0].version, former: masking.slice(1).map(({ version }) => version) },
    }),
    ...(ledger && { ledger: { ...(!dryRun && { vkey: ledger.vkey }), former: ledger.former } }),
  }
}
