import { HoopError } from '../../lib/errors.js'
import { isEmptied } from '../leaves.js'
import { contentsOf } from '../log/contents.js'
import { inclusionProof } from '../merkle/tree.js'
import { parseCheckpointText } from '../note/checkpoint.js'
import { parseNote } from '../note/note.js'
import { writeProofFile } from '../note/proof-file.js'
import { tileWidth } from '../tiles/paths.js'
import { TileFiles } from '../tiles/tile-files.js'
import { encodeExtra } from './content.js'

/**
 * That one leaf stands in a log, as a `.tlog-proof` that is checked without the log.
 * @param checkpoint signed note, of a tree that has the leaf
 * @throws {HoopError} LEDGER_DAMAGED where the folder lacks what it needs; NOTE_INVALID
 * @see C2SP tlog-proof
 */
export const writeProof = async (folder: string, index: bigint, checkpoint: string): Promise<string> => {
  const { size } = parseCheckpointText(parseNote(checkpoint).text)
  const { records } = await contentsOf(folder, index / BigInt(tileWidth))
  const record = records.get(index)
  if (!record) throw new HoopError('LEDGER_DAMAGED', `the content of leaf ${index} is missing or damaged`)
  if (isEmptied(record)) throw new HoopError('RECORDING_REMOVED', `what leaf ${index} said was erased`)
  const proof = await inclusionProof(new TileFiles(folder, size), index, size)
  return writeProofFile({ index, proof, checkpoint, extra: encodeExtra(record) })
}
