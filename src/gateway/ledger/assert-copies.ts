import { deadline } from '../../lib/deadline.js'
import { HoopError } from '../../lib/errors.js'
import type { CopiedCheckpoint } from '../../ledger/copied.js'
import { readCheckpoint } from '../../ledger/log/files.js'
import type { LedgerKeys } from '../../ledger/log/key-file.js'
import { rootOf } from '../../ledger/merkle/tree.js'
import { openCheckpoint } from '../../ledger/note/checkpoint.js'
import { TileFiles } from '../../ledger/tiles/tile-files.js'
import { pathIn } from '../host/layout.js'
import { apart } from './copying/apart.js'

/** For each folder, milliseconds: a share that is dead must not hold the start for good. */
const patience = 10_000

/**
 * Before anything is signed: the ledger still is what its copies saw last. One that was taken back and goes on would be
 * forked, and nobody could tell which branch is true.
 * @throws {HoopError} LEDGER_DAMAGED; LEDGER_FAILED where a folder of copies can't be read
 */
export const assertCopies = async (
  folder: string,
  places: readonly string[],
  keys: LedgerKeys,
  within = patience,
): Promise<void> => {
  for (const place of places) {
    if (!place.startsWith('file:')) continue
    const task = { kind: 'newest', folder: pathIn(place), origin: keys.origin } as const
    const line = await apart(task, deadline(within)).catch((error: unknown) => {
      throw new HoopError('LEDGER_FAILED', `the copy ${task.folder} can’t be read: ${(error as Error).message}`, {
        hint: 'Look at the share that it lies on, or take it out of gateway.ledger.copies, and start again.',
      })
    })
    if (line === undefined) continue
    const copy = JSON.parse(line) as CopiedCheckpoint
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
