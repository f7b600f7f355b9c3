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

export const beginning: Cursor = { leaf: 0, part: 0 }

const parsed = (text: string): Partial<Kept> | undefined => {
  try {
    return (JSON.parse(text) as Partial<Kept> | null) ?? undefined
  } catch {
    return undefined
  }
}

/**
 * What a target has taken.
 * @param of the ledger: of one by another origin nothing was taken yet, and behind its size nothing can have been
 * @returns undefined for a target that is new, `damaged` for one whose file can't be believed
 * @throws what the file system says
 */
export const readDelivered = async (
  folder: string,
  target: string,
  of: { readonly origin: string; readonly size: number },
): Promise<Cursor | 'damaged' | undefined> => {
  const text = await readFile(pathOf(folder, target), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const { leaf, part, origin } = parsed(text) ?? {}
  if (!isPlace(leaf) || !isPlace(part) || typeof origin !== 'string') return 'damaged'
  if (origin !== of.origin) return beginning
  return leaf > of.size ? 'damaged' : { leaf, part }
}

/** Brings to the disk what a target has taken. */
export const keepDelivered = (folder: string, target: string, origin: string, cursor: Cursor): Promise<void> =>
  replaceWhole(pathOf(folder, target), `${JSON.stringify({ origin, ...cursor } satisfies Kept)}\n`)
