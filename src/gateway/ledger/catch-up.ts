import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { HoopError } from '../../lib/errors.js'
import { factsOf, isErasable, type Leaf, type LeafRecord, openLeaf } from '../../ledger/leaves.js'
import { readContents } from '../../ledger/log/contents.js'
import type { LedgerKeys } from '../../ledger/log/key-file.js'
import { Frontier } from '../../ledger/merkle/frontier.js'
import { leafHash } from '../../ledger/merkle/hash.js'
import { openCheckpoint } from '../../ledger/note/checkpoint.js'
import { tileWidth } from '../../ledger/tiles/paths.js'
import { TileFiles } from '../../ledger/tiles/tile-files.js'
import {
  countBefore,
  forgetLeaves,
  forgetOutside,
  type KnownLeaf,
  lastLeaf,
  leavesBetween,
  noteLeaves,
} from '../../store/ledger-leaves.js'
import type { Tables } from '../../store/schema.js'
import type { StoreDamage } from './damage.js'
import { EnteredHolds } from './held.js'
import { readResume, type Resume } from './resume.js'
import { SealedBy } from './sealed-by.js'

const targetOf = (leaf: Leaf): string | null => {
  if ('session' in leaf) return leaf.session
  return leaf.kind === 'act' ? String(leaf.number) : null
}

export const knownLeaf = (index: bigint, leaf: Leaf): KnownLeaf => ({
  ...{ leaf: Number(index), kind: leaf.kind },
  ...{ target: targetOf(leaf), time: Date.parse(leaf.time) },
})

/** `target` is undefined where the content was erased: kind and time stay in the entry. */
type ReadLeaf = Omit<KnownLeaf, 'target'> & { readonly target: string | null | undefined }

const readLeaf = (index: bigint, record: LeafRecord, { holds, sealedBy }: Told): ReadLeaf => {
  if (record.content !== '') {
    const leaf = openLeaf(record)
    holds.add(leaf)
    sealedBy.add(leaf)
    return knownLeaf(index, leaf)
  }
  const { kind, at } = factsOf(record.entry)
  // What was done, and by whom, is never erased.
  if (!isErasable(kind))
    throw new HoopError('LEDGER_DAMAGED', `the content of leaf ${index} is gone, which says ${kind}`)
  return { leaf: Number(index), kind, target: undefined, time: at }
}

const isSame = (one: ReadLeaf, other: KnownLeaf): boolean =>
  one.kind === other.kind && one.time === other.time && (one.target === undefined || one.target === other.target)

/** Leaves that are held against the store together. */
const portion = 5000

/** What a start finds in the ledger itself. */
export interface Stock {
  /** Number of the last act that has a leaf; 0 where none has. */
  readonly lastAct: number
  /** Milliseconds since 1970; undefined of one that is yet to begin. */
  readonly began: number | undefined
  /** So many leaves the store knew of before. */
  readonly known: number
  readonly size: number
  /** So many leaves were not read: `compareAll` does. */
  readonly unread: bigint
  /** No row of the store is entered that has no seal. */
  readonly isSealed: boolean
}

/** Leaves that a start reads in any case: it takes under a second. */
const whole = 20_000n

/** Are told of each leaf. */
interface Told {
  readonly holds: EnteredHolds
  readonly sealedBy: SealedBy
}

export interface CatchUpOptions extends Told {
  /** Leaves up to which a ledger is read whole. */
  readonly most?: bigint | undefined
  readonly folder: string
  readonly db: Kysely<Tables>
  readonly checkpoint: string | undefined
  readonly keys: LedgerKeys
  readonly damage: Pick<StoreDamage, 'report'>
}

/** Where a start begins to read: at the beginning, or where an earlier one says how things stood. */
const beginning = async (
  { folder, db, keys, most = whole }: CatchUpOptions,
  size: bigint,
): Promise<{ readonly frontier: Frontier; readonly resume: Resume | undefined }> => {
  const nothing = { frontier: new Frontier(), resume: undefined }
  if (size <= most) return nothing
  const resume = await readResume(folder, keys)
  // Rows that the store lacks are made from the leaves themselves.
  if (!resume || resume.size > size || (await countBefore(db, resume.size)) !== Number(resume.size)) return nothing
  // Its leaves have to be those that were signed: the tree goes on from their tiles to the checkpoint's own head.
  const tree = await Frontier.of(new TileFiles(folder, resume.size), resume.size).catch(() => undefined)
  return tree?.root.equals(resume.root) ? { frontier: tree, resume } : nothing
}

/**
 * How many leaves the store knows of. Those that follow on what the ledger has, it had: it was taken back. Others it never had.
 * @throws {HoopError} LEDGER_DAMAGED, STORE_FAILED
 */
const knownBy = async (db: Kysely<Tables>, size: bigint, damage: Pick<StoreDamage, 'report'>): Promise<number> => {
  const known = ((await lastLeaf(db)) ?? -1) + 1
  if (known > size && (await leavesBetween(db, Number(size), Number(size) + 1)).length > 0)
    throw new HoopError(
      'LEDGER_DAMAGED',
      `it has ${size} leaves, and the store knows of ${known}: it was taken back to an earlier state`,
    )
  const strange = await forgetOutside(db, size)
  if (strange > 0) damage.report('ledger_leaves', `which has ${strange} rows of leaves that there never were`)
  return ((await lastLeaf(db)) ?? -1) + 1
}

/**
 * Reads what is entered from the ledger's own leaves, which must make the tree that was signed, and holds the store against
 * it: what the store doesn't know is noted, of a store that was lost or restored all of it. Nothing is taken from the
 * store's word, since its rows can be changed by whoever can write its file. Of a long ledger only what came since the last
 * start is read; the rest is compared by `compareAll`.
 * @throws {HoopError} LEDGER_DAMAGED where the store knows of leaves that the ledger hasn't got any more
 */
export const catchUp = async (options: CatchUpOptions): Promise<Stock> => {
  const { db, checkpoint, keys, holds, sealedBy, damage } = options
  const head = checkpoint === undefined ? undefined : openCheckpoint(checkpoint, keys.signers)
  const size = head?.size ?? 0n
  const known = await knownBy(db, size, damage)
  const { frontier, resume } = await beginning(options, size)
  if (resume) holds.resume(resume.holds)
  if (resume) sealedBy.resume(resume)
  const read = await readLeaves({ ...options, frontier, size, from: resume?.size ?? 0n })
  if (head && !(frontier.size === size && frontier.root.equals(head.root))) throw otherTree(size)
  return {
    lastAct: Math.max(resume?.lastAct ?? 0, read.lastAct),
    began: resume?.began ?? read.began,
    ...{ known, size: Number(size), unread: resume?.size ?? 0n, isSealed: sealedBy.isSealed },
  }
}

/** In the background: what a start left out. @throws {HoopError} LEDGER_DAMAGED, STORE_FAILED */
export const compareAll = async (options: CatchUpOptions): Promise<void> => {
  const { size, root } = openCheckpoint(options.checkpoint!, options.keys.signers)
  const frontier = new Frontier()
  const told = { holds: new EnteredHolds(), sealedBy: new SealedBy() }
  await readLeaves({ ...options, ...told, frontier, size, from: 0n, pause: 50 })
  if (frontier.size !== size || !frontier.root.equals(root)) throw otherTree(size)
}

const otherTree = (size: bigint): HoopError =>
  new HoopError('LEDGER_DAMAGED', `its contents do not make the tree of ${size} leaves that was signed`)

interface ReadOptions extends Pick<CatchUpOptions, 'folder' | 'db' | 'damage' | keyof Told> {
  readonly frontier: Frontier
  readonly from: bigint
  readonly size: bigint
  /** Between two portions, milliseconds. */
  readonly pause?: number
}

const readLeaves = async ({ folder, db, damage, frontier, from, size, pause, ...told }: ReadOptions) => {
  let lastAct = 0
  let began: number | undefined
  let leaves: ReadLeaf[] = []
  const compare = async (): Promise<void> => {
    const [first] = leaves
    if (!first) return
    const rows = new Map(
      (await leavesBetween(db, first.leaf, first.leaf + leaves.length)).map((row) => [row.leaf, row]),
    )
    const differing = leaves.filter((leaf) => rows.has(leaf.leaf) && !isSame(leaf, rows.get(leaf.leaf)!))
    // The rows are an index of what the ledger says: what it says itself is put in their place.
    for (const { leaf } of differing)
      damage.report(`ledger_leaves ${leaf}`, 'which says something else than the leaf itself')
    await forgetLeaves(
      db,
      differing.map(({ leaf }) => leaf),
    )
    const missing = leaves.filter((leaf) => !rows.has(leaf.leaf) || differing.includes(leaf))
    await noteLeaves(
      db,
      missing.map((leaf) => ({ ...leaf, target: leaf.target ?? null })),
    )
    leaves = []
    if (pause !== undefined) await sleep(pause, undefined, { ref: false })
  }
  for await (const { index, ...record } of readContents(folder, from - (from % BigInt(tileWidth)))) {
    if (index >= size) break
    if (index < from) continue
    frontier.add(leafHash(record.entry))
    const leaf = readLeaf(index, record, told)
    if (leaf.kind === 'act' && leaf.target !== undefined) lastAct = Math.max(lastAct, Number(leaf.target))
    began ??= leaf.time
    if (leaves.push(leaf) === portion) await compare()
  }
  await compare()
  return { lastAct, began }
}
