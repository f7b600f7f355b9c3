import { ledgerFolder } from '../../gateway/host/layout.js'
import { readCheckpoint } from '../../ledger/log/files.js'
import { parseCheckpointText } from '../../ledger/note/checkpoint.js'
import { KeyKind, parseVerifier } from '../../ledger/note/keys.js'
import { parseNote } from '../../ledger/note/note.js'
import { checkProof, type Proved } from '../../ledger/proof/content.js'
import { findLeaf, notInLedger } from '../../ledger/proof/find.js'
import { writeProof } from '../../ledger/proof/write.js'
import { bestCheckpoint } from '../../ledger/witness/cosigned.js'
import { loadConfig } from '../../policy/config/load.js'
import { openNamed } from './named-file.js'

/**
 * A proof from the folders that a configuration names, with or without a gateway that runs.
 * @param target a session's or request's id, or the number of an act
 * @throws {HoopError} CONFIG_*, NOT_FOUND, LEDGER_DAMAGED
 */
export const proofByConfiguration = async (
  config: string,
  target: string,
  env?: NodeJS.ProcessEnv,
): Promise<string> => {
  const folder = ledgerFolder((await loadConfig(config, env)).config.gateway)
  const checkpoint = await readCheckpoint(folder)
  if (checkpoint === undefined) throw notInLedger(target)
  const { size } = parseCheckpointText(parseNote(checkpoint).text)
  const index = await findLeaf(folder, target, size)
  return writeProof(folder, index, await bestCheckpoint(folder, checkpoint, index))
}

/**
 * Checks a proof that lies in a file.
 * @param vkeys of the log, and of witnesses that have to have seen it
 * @throws {HoopError} NOT_FOUND, NOTE_INVALID
 */
export const checkProofAt = async (path: string, vkeys: readonly string[]): Promise<Proved> => {
  const keys = vkeys.map(parseVerifier)
  const of = (kind: KeyKind) => keys.filter((key) => key.kind === kind)
  await using file = await openNamed(path, { what: 'the proof', writer: 'hoop audit proof' })
  return checkProof(await file.readFile('utf8'), of(KeyKind.note), of(KeyKind.cosignature))
}
