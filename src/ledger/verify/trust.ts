import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type LeafOf, openLeaf } from '../leaves.js'
import { readContents } from '../log/contents.js'
import { openCheckpoint, type SignedCheckpoint } from '../note/checkpoint.js'
import { parseVerifier, type Verifier } from '../note/keys.js'
import { tileWidth } from '../tiles/paths.js'

/** A key handed over to the next at this size of the tree; the tree has to agree. */
export interface Handover {
  readonly checkpoint: SignedCheckpoint
  readonly vkey: string
}

/** The key that signs now, by what was trusted at first. */
export interface Trust {
  readonly current: Verifier
  readonly handovers: readonly Handover[]
  /** All of the log's keys: what copies and earlier checkpoints may be signed by. */
  readonly all: readonly Verifier[]
}

const keyLeaf = async (folder: string, index: bigint): Promise<LeafOf<'key'> | undefined> => {
  for await (const { index: at, ...record } of readContents(folder, index - (index % BigInt(tileWidth)))) {
    if (at !== index) continue
    const leaf = openLeaf(record)
    if (leaf.kind !== 'key') return undefined
    // What is no key hands over to nobody; the tree tells of it.
    for (const vkey of [leaf.vkey, leaf.former]) parseVerifier(vkey)
    return leaf
  }
  return undefined
}

interface SignedHandover {
  readonly note: string
  readonly leaf: LeafOf<'key'>
}

/** What lies there of handovers, oldest first. Nothing of it is believed yet. */
const handoversIn = async (folder: string): Promise<SignedHandover[]> => {
  const sizes = (await readdir(join(folder, 'rotations')).catch(() => [])).filter((name) => /^\d{1,18}$/.test(name))
  const found: SignedHandover[] = []
  for (const size of sizes.sort((one, other) => Number(BigInt(one) - BigInt(other)))) {
    const note = await readFile(join(folder, 'rotations', size), 'utf8')
    const leaf = await keyLeaf(folder, BigInt(size) - 1n).catch(() => undefined)
    if (leaf) found.push({ note, leaf })
  }
  return found
}

const opened = (note: string, key: Verifier): SignedCheckpoint | undefined => {
  try {
    return openCheckpoint(note, [key])
  } catch {
    return undefined
  }
}

/**
 * Follows a log from a key that is trusted to the one that signs now: each handover is a leaf under a checkpoint that the
 * key before has signed. And back: what the newer key says of the one before it, earlier checkpoints are believed by.
 */
export const followKeys = async (folder: string, trusted: Verifier): Promise<Trust> => {
  const found = await handoversIn(folder)
  const handovers: Handover[] = []
  const all = [trusted]
  let current = trusted
  for (const { note, leaf } of found) {
    const checkpoint = leaf.former === current.vkey ? opened(note, current) : undefined
    if (!checkpoint) continue
    handovers.push({ checkpoint, vkey: leaf.vkey })
    all.push((current = parseVerifier(leaf.vkey)))
  }
  let oldest = trusted
  for (const { note, leaf } of found.toReversed()) {
    const checkpoint = leaf.vkey === oldest.vkey ? opened(note, oldest) : undefined
    if (!checkpoint) continue
    handovers.push({ checkpoint, vkey: leaf.vkey })
    all.push((oldest = parseVerifier(leaf.former)))
  }
  return { current, handovers, all }
}
