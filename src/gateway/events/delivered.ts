import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceWhole } from '../../ledger/log/files.js'
import type { Cursor } from './stream.js'

/** How far a target has come lies in the ledger's folder, so that both are lost, moved and restored together. */
const pathOf = (folder: string, target: string): string => join(folder, 'delivered', `${target}.json`)

interface Kept extends Cursor {
  readonly origin: string
}

const isPlace = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/**
 * What a target has taken.
 * @param origin of the ledger: of another one nothing was taken yet
 * @returns undefined for a target that is new, or whose file says nothing that can be read
 */
export const readDelivered = async (folder: string, target: string, origin: string): Promise<Cursor | undefined> => {
  try {
    const kept = JSON.parse(await readFile(pathOf(folder, target), 'utf8')) as Partial<Kept>
    if (!isPlace(kept.leaf) || !isPlace(kept.part)) return undefined
    return kept.origin === origin ? { leaf: kept.leaf, part: kept.part } : { leaf: 0, part: 0 }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Brings to the disk what a target has taken. */
export const keepDelivered = (folder: string, target: string, origin: string, cursor: Cursor): Promise<void> =>
  replaceWhole(pathOf(folder, target), `${JSON.stringify({ origin, ...cursor } satisfies Kept)}\n`)
