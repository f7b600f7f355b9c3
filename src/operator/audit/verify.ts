import { existsSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { HoopError } from '../../lib/errors.js'
import { readBundle } from '../../ledger/bundle/read.js'
import { readCopies } from '../../ledger/copied.js'
import { readCheckpoint } from '../../ledger/log/files.js'
import { loadLedgerKeys } from '../../ledger/log/key-file.js'
import { StoreSeals } from '../../ledger/seals.js'
import { KeyKind, parseVerifier, type Verifier } from '../../ledger/note/keys.js'
import type { AboutBundle } from '../../ledger/bundle/parts.js'
import type { Finding, SeenCheckpoint, Verification } from '../../ledger/verify/report.js'
import { verifyLedger, type VerifyOptions } from '../../ledger/verify/verify.js'
import { ledgerFolder, layout, pathIn } from '../../gateway/host/layout.js'
import { loadConfig } from '../../policy/config/load.js'
import { storePlace } from '../../gateway/upstream/store-place.js'
import { AuditView } from '../../store/audit-view.js'
import { nameOf } from '../../store/open.js'
import { ServerAuditView } from '../../store/postgres/audit-view.js'
import { openNamed } from './named-file.js'
import { remember, remembered } from './remembered.js'

export interface AuditOptions extends Pick<VerifyOptions, 'since' | 'progress'> {
  /** File of the checkpoints that were seen last. */
  readonly memory: string
  /** Verifier key, where somebody got it by another way. */
  readonly vkey?: string | undefined
  /** Verifier keys of witnesses that have to have signed. */
  readonly witnesses?: readonly string[]
}

export interface BundleAuditOptions extends AuditOptions {
  /** By which its ledger is remembered; by its own name unless said. */
  readonly place?: string
  /** Told how many bytes have come. */
  readonly received?: (bytes: number) => void
}

export interface Audited extends Verification {
  /** Where the trust in the key comes from. */
  readonly trust: 'given' | 'remembered' | 'first use' | 'configuration'
  readonly vkey: string
}

type Record = Pick<VerifyOptions, 'folder' | 'recordings' | 'store' | 'taken' | 'witnesses'> & {
  readonly place: string
  /** What the record itself, or the file of keys, says. */
  readonly vkey: string
  readonly source: 'first use' | 'configuration'
  readonly seen?: readonly SeenCheckpoint[]
  readonly findings?: readonly Finding[]
}

/** @throws {HoopError} NOTE_INVALID */
const witnessOf = (vkey: string): Verifier => {
  const key = parseVerifier(vkey)
  if (key.kind !== KeyKind.cosignature) throw new HoopError('NOTE_INVALID', `the key of ${key.name} is no witness’s`)
  return key
}

const isGone = ({ kind }: Finding): boolean => kind === 'recording-missing'

const hasMoved = async (folder: string, { checkpoint }: Verification): Promise<boolean> =>
  (await readCheckpoint(folder)) !== checkpoint

/** What was seen before goes into the verification, and what is seen now is kept where nothing was altered. */
const verifyRecord = async (record: Record, options: AuditOptions): Promise<Audited> => {
  const { place, source, seen = [], findings = [], ...rest } = record
  const { memory, since, progress } = options
  const known = await remembered(memory, place)
  const trust = options.vkey !== undefined ? 'given' : known ? 'remembered' : source
  const vkey = parseVerifier(options.vkey ?? known?.vkey ?? record.vkey).vkey
  const before = known ? [{ checkpoint: known.checkpoint, where: `the verification of ${known.at}` }] : []
  const demanded = (options.witnesses ?? []).map((key) => ({ key: witnessOf(key), demanded: true }))
  const others = (rest.witnesses ?? []).filter(({ key }) => !demanded.some((one) => one.key.vkey === key.vkey))
  const checked = () =>
    verifyLedger({
      ...{ ...rest, vkey, seen: [...before, ...seen], since, witnesses: [...demanded, ...others] },
      ...(progress && { progress }),
    })
  let found = await checked()
  // A gateway that runs retires recordings meanwhile: what is gone since has its leaf by now.
  for (let tries = 2; tries > 0 && found.findings.some(isGone) && (await hasMoved(rest.folder, found)); tries--)
    found = await checked()
  if (found.sound) await remember(memory, place, { vkey, checkpoint: found.checkpoint, at: new Date().toISOString() })
  return { ...found, findings: [...found.findings, ...findings], trust, vkey }
}

/**
 * Verifies the record that a configuration names, on the gateway's machine or where its folders were copied to.
 * @throws {HoopError} CONFIG_*, KEY_MISSING, NOTE_INVALID, NOT_FOUND
 */
export const verifyByConfiguration = async (
  config: string,
  options: AuditOptions & { readonly env?: NodeJS.ProcessEnv },
): Promise<Audited> => {
  const loaded = await loadConfig(config, options.env)
  const { gateway } = loaded.config
  const [folder, recordings] = [ledgerFolder(gateway), pathIn(gateway.recordings)]
  if (!existsSync(folder))
    throw new HoopError('NOT_FOUND', `the ledger ${folder}`, { hint: 'It is made at the gateway’s first start.' })
  const keys = await loadLedgerKeys(join(dirname(config), layout.ledgerKeys))
  const { origin, signers } = keys
  const seen: SeenCheckpoint[] = []
  const findings: Finding[] = []
  for (const place of gateway.ledger.copies) {
    if (!place.startsWith('file:')) continue
    const copies = await readCopies(pathIn(place), origin).catch(() => undefined)
    if (!copies) findings.push({ kind: 'copy-unreadable', found: pathIn(place) })
    for (const { checkpoint, time } of copies ?? [])
      seen.push({ checkpoint, where: `the copy in ${pathIn(place)} of ${time}` })
  }
  const store = storePlace(gateway, (spec) => loaded.secret(spec))
  const seals = StoreSeals.ofAll(keys)
  await using view =
    typeof store === 'string' ? new AuditView(nameOf(store), seals) : await ServerAuditView.open(store, seals)
  const witnesses = gateway.ledger.witnesses.map(({ vkey }) => ({ key: witnessOf(vkey), demanded: false }))
  // The oldest key: of one that the gateway hasn't taken up yet, its ledger knows nothing.
  const record = {
    folder,
    recordings,
    store: view,
    place: await realpath(folder),
    vkey: (signers.at(-1) ?? signers[0]).vkey,
    witnesses,
  }
  return await verifyRecord({ ...record, source: 'configuration', seen, findings }, options)
}

/**
 * What isn't checked is said by who checks, never by what is checked.
 * @throws {HoopError} NOTE_INVALID
 */
const assertWhole = ({ since }: AboutBundle, wanted: Date | undefined): void => {
  if (since === undefined || Date.parse(since) <= (wanted?.getTime() ?? -Infinity)) return
  throw new HoopError(
    'NOTE_INVALID',
    `the bundle leaves out sessions from before ${since}, which it was not asked to`,
    {
      hint: `Nothing was checked. Take a bundle without --since, or say that they need not be checked: --since ${since}`,
    },
  )
}

/** What the machine says of itself is nobody's alteration. */
const ofMachine = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'ENOMEM', 'EACCES', 'EPERM', 'EIO', 'EROFS'])

/** Whatever a bundle has in it, and is thrown for it, is said of the bundle: it is not hoop that is at fault. */
const ofInput = (error: unknown, code: 'NOTE_INVALID' | 'AUDIT_TAMPERED', about: string): unknown =>
  error instanceof HoopError || ofMachine.has((error as NodeJS.ErrnoException).code ?? '')
    ? error
    : new HoopError(code, about, { cause: error })

/**
 * Verifies a bundle, which is unpacked into a folder that is gone afterwards.
 * @throws {HoopError} NOTE_INVALID
 */
export const verifyBundle = async (stream: AsyncIterable<Buffer>, options: BundleAuditOptions): Promise<Audited> => {
  const into = await mkdtemp(join(tmpdir(), 'hoop-audit-'))
  try {
    const { about, ...unpacked } = await readBundle(stream, into, options.received).catch((error: unknown) => {
      throw ofInput(error, 'NOTE_INVALID', 'it can’t be unpacked')
    })
    assertWhole(about, options.since)
    const place = options.place ?? `bundle of ${parseVerifier(about.vkey).name}`
    const record = {
      ...unpacked,
      place,
      vkey: about.vkey,
      source: 'first use' as const,
      taken: Date.parse(about.taken),
    }
    return await verifyRecord(record, options).catch((error: unknown) => {
      throw ofInput(
        error,
        'AUDIT_TAMPERED',
        'it has something that no gateway writes, so that it can’t be checked to its end',
      )
    })
  } finally {
    await rm(into, { recursive: true, force: true })
  }
}

/** @throws {HoopError} NOT_FOUND, NOTE_INVALID, AUDIT_TAMPERED */
export const verifyBundleFile = async (path: string, options: AuditOptions): Promise<Audited> => {
  const file = await openNamed(path, { what: 'the bundle', writer: 'hoop audit export' })
  return verifyBundle(file.createReadStream(), options)
}
