import { existsSync } from 'node:fs'
import { HoopError } from '../../lib/errors.js'
import { readCopies } from '../../ledger/copied.js'
import { readCheckpoint } from '../../ledger/log/files.js'
import type { LedgerKeys } from '../../ledger/log/key-file.js'
import { rootOf } from '../../ledger/merkle/tree.js'
import { openCheckpoint } from '../../ledger/note/checkpoint.js'
import { TileFiles } from '../../ledger/tiles/tile-files.js'
import { pathIn } from '../host/layout.js'

/**
 * Before anything is signed: the ledger still is what its copies saw last. One that was taken back and goes on would be
 * forked, and nobody could tell which branch is true.
 * @throws {HoopError} LEDGER_DAMAGED
 */
export const assertCopies = async (folder: string, places: readonly string[], keys: LedgerKeys): Promise<void> => {
  for (const place of places) {
    if (!place.startsWith('file:') || !existsSync(pathIn(place))) continue
    const copy = (await readCopies(pathIn(place), keys.origin, true)).at(-1)
    if (!copy) continue
    const known = openCheckpoint(copy.checkpoint, keys.signers)
    const now = await readCheckpoint(folder)
    const size = now === undefined ? 0n : openCheckpoint(now, keys.signers).size
    if (known.size > size)
      throw new HoopError(
        'LEDGER_DAMAGED',
        `it has ${size} leaves, and a copy of ${copy.time} says ${known.size}: it was taken back to an earlier state`,
      )
    if (!(await rootOf(new TileFiles(folder, size), known.size)).equals(known.root))
      throw new HoopError(
        'LEDGER_DAMAGED',
        `its first ${known.size} leaves are not those that a copy of ${copy.time} saw`,
      )
  }
}
