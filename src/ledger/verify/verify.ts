import type { OpenFrame } from '../../recording/format/frames.js'
import { readCheckpoint } from '../log/files.js'
import { openCheckpoint, type SignedCheckpoint } from '../note/checkpoint.js'
import { parseVerifier } from '../note/keys.js'
import { Facts } from './facts.js'
import { checkRecordings } from './check-recordings.js'
import { recordingFiles } from './recordings.js'
import { type Finding, isTampering, type SeenCheckpoint, type Verification } from './report.js'
import { checkActs, checkSessions, snapshotOf, type StoreView } from './store.js'
import { checkTree } from './tree.js'
import { followKeys } from './trust.js'
import { type AskedWitness, witnessedIn } from './witnesses.js'

export interface VerifyOptions {
  /** Of the ledger. */
  readonly folder: string
  /** Folder. */
  readonly recordings: string
  readonly store?: StoreView | undefined
  /** Verifier key that is trusted: that of the log's beginning, or any that followed. */
  readonly vkey: string
  readonly seen?: readonly SeenCheckpoint[]
  readonly witnesses?: readonly AskedWitness[]
  /** Sessions that began before are left out; the ledger itself is checked whole. */
  readonly since?: Date | undefined
  /** When the record was taken, milliseconds since 1970; now unless said. */
  readonly taken?: number | undefined
  /** Where frames of recordings can't be opened: what is checked then are the chains. */
  readonly openFrame?: OpenFrame | undefined
  /** Told how far it has come. */
  readonly progress?: (what: 'leaves' | 'recordings', done: number, of: number) => void
}

const none = {
  origin: '',
  size: '0',
  checkpoint: '',
  leaves: 0,
  sessions: 0,
  recordings: 0,
  frames: 0,
  unread: 0,
  acts: 0,
  before: 0,
  leftOut: 0,
  retired: 0,
  erased: 0,
  copies: 0,
  witnesses: [],
}

/** Earlier checkpoints have to be heads of this tree. */
const checkSeen = (
  now: SignedCheckpoint,
  seen: SignedCheckpoint & SeenCheckpoint,
  roots: ReadonlyMap<bigint, Buffer>,
): Finding | undefined => {
  const where = { found: `${now.size} leaves`, expected: `${seen.size} leaves, by ${seen.where}` }
  if (seen.origin !== now.origin) return { kind: 'ledger-other', expected: seen.origin, found: now.origin }
  if (seen.size > now.size) return { kind: 'ledger-rolled-back', ...where }
  const root = roots.get(seen.size)
  if (root?.equals(seen.root)) return undefined
  return {
    kind: 'ledger-forked',
    leaf: `${seen.size}`,
    expected: `${seen.root.toString('base64')}, by ${seen.where}`,
    found: root?.toString('base64') ?? 'nothing',
  }
}

/**
 * Checks everything that can be known of a gateway's record without trusting the gateway: the tree against its checkpoint,
 * the checkpoint against those seen before, recordings and store against the tree.
 * @throws what the file system says; what was altered is a finding
 */
export const verifyLedger = async (options: VerifyOptions): Promise<Verification> => {
  const { folder, recordings, store, vkey, progress = () => undefined } = options
  const findings: Finding[] = []
  const found = (finding: Finding): void => void findings.push(finding)
  const done = (more: Partial<Verification>): Verification => ({
    ...none,
    ...more,
    findings,
    sound: !findings.some(isTampering),
  })

  // Before the ledger: what is there by now is in it, or was just begun.
  const now = options.taken ?? Date.now()
  const snapshot = store && (await snapshotOf(store))
  const files = await recordingFiles(recordings)
  const witnessed = await witnessedIn(folder, options.witnesses ?? [], found)
  const seen = [...(options.seen ?? []), ...witnessed]
  const note = await readCheckpoint(folder)
  if (note === undefined) return (found({ kind: 'checkpoint-missing' }), done({}))
  const trust = await followKeys(folder, parseVerifier(vkey))
  let checkpoint: SignedCheckpoint
  try {
    checkpoint = openCheckpoint(note, [trust.current])
  } catch (error) {
    return (
      found({ kind: 'checkpoint-signature', expected: trust.current.vkey, found: (error as Error).message }),
      done({ checkpoint: note })
    )
  }
  const known = seen.flatMap((one) => {
    try {
      return [{ ...openCheckpoint(one.checkpoint, trust.all), ...one }]
    } catch {
      found({ kind: 'ledger-other', expected: one.where, found: checkpoint.origin })
      return []
    }
  })
  const { size } = checkpoint
  const facts = new Facts(found, options.since?.getTime())
  const handed = trust.handovers.map(({ checkpoint: at }) => ({ ...at, where: 'the key’s handover' }))
  const { roots, unpublished, missing } = await checkTree({
    ...{ folder, size, found },
    wanted: [size, ...known.map((one) => one.size), ...handed.map((one) => one.size)],
    leaf: (index, leaf) => facts.add(index, leaf),
    emptied: (index, entry) => facts.addEmptied(index, entry),
    progress: (at) => progress('leaves', at, Number(size)),
  })
  const isSigned = roots.get(size)!.equals(checkpoint.root)
  // Others could no longer prove anything by it, but nothing that was entered is lost.
  for (const path of missing) found({ kind: isSigned ? 'tile-missing' : 'tile-altered', found: path })
  if (!isSigned)
    found({
      kind: 'tree-mismatch',
      expected: checkpoint.root.toString('base64'),
      found: roots.get(size)!.toString('base64'),
    })
  for (const one of [...known, ...handed]) {
    const finding = checkSeen(checkpoint, { ...one, checkpoint: one.note }, roots)
    if (finding) found(finding)
  }
  if (unpublished > 0) found({ kind: 'unpublished', leaf: `${size}`, found: `${unpublished} leaves` })

  const since = options.since?.getTime() ?? 0
  const read = await checkRecordings({
    folder: recordings,
    files,
    facts,
    since,
    now,
    found,
    progress,
    openFrame: options.openFrame,
  })
  let { before } = read
  const rows = new Map(snapshot?.sessions.map((row) => [row.id, row]))
  facts.removals.check(facts.sessions, (session) => rows.get(session), found)
  if (store && snapshot) {
    const checked = { store, snapshot, facts, since, found, recordings: read.recordings }
    before = Math.max(before, await checkSessions(checked))
    await checkActs(checked)
  }
  return done({
    ...{ origin: checkpoint.origin, size: `${size}`, checkpoint: note, leaves: facts.leaves, before },
    ...{ retired: facts.removals.count('retired'), erased: facts.removals.count('erased') },
    leftOut: facts.leftOut(since),
    ...{ sessions: facts.sessions.size, acts: facts.acts.size, copies: known.length },
    witnesses: witnessed.map(({ by }) => by),
    recordings: read.recordings.size,
    unread: [...read.recordings.values()].reduce((sum, { unread }) => sum + unread, 0),
    frames: [...read.recordings.values()].reduce((sum, { frames }) => sum + frames, 0),
  })
}
