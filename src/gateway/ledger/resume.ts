import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HoopError } from '../../lib/errors.js'
import { replaceWhole } from '../../ledger/log/files.js'
import type { LedgerKeys } from '../../ledger/log/key-file.js'
import { parseCheckpointText, signersOf } from '../../ledger/note/checkpoint.js'
import { parseNote, writeNote } from '../../ledger/note/note.js'
import type { EnteredHold } from './held.js'
import type { SealedState } from './sealed-by.js'

/** What a start has to know of the leaves before a place, so that it need not read them. */
export interface Resume extends Partial<SealedState> {
  readonly size: bigint
  readonly root: Buffer
  readonly lastAct: number
  /** Milliseconds since 1970. */
  readonly began: number
  readonly holds: readonly EnteredHold[]
}

const pathOf = (folder: string): string => join(folder, 'resume')

/** No checkpoint has such a name, so that what is signed here passes for none. */
const nameOf = (origin: string): string => `${origin}/resume`

/** Writes it beside the log, signed by the log's own key: whoever can write the folder alone changes nothing by it. */
export const keepResume = async (folder: string, keys: LedgerKeys, { size, root, ...rest }: Resume): Promise<void> => {
  const text = `${nameOf(keys.origin)}\n${size}\n${root.toString('base64')}\n${JSON.stringify(rest)}\n`
  const [key] = keys.signers
  const signature = { name: key.name, id: key.id, signature: key.sign(Buffer.from(text)) }
  await replaceWhole(pathOf(folder), writeNote({ text, signatures: [signature] }))
}

/** @returns undefined where there is none that one of the log's keys has signed: then everything is read */
export const readResume = async (folder: string, keys: LedgerKeys): Promise<Resume | undefined> => {
  const note = await readFile(pathOf(folder), 'utf8').catch(() => undefined)
  if (note === undefined) return undefined
  try {
    const parsed = parseNote(note)
    if (signersOf(parsed, keys.signers).length === 0) return undefined
    const { origin, size, root, extensions } = parseCheckpointText(parsed.text)
    if (origin !== nameOf(keys.origin)) return undefined
    return { ...(JSON.parse(extensions[0] ?? '') as Omit<Resume, 'size' | 'root'>), size, root }
  } catch (error) {
    if (error instanceof HoopError || error instanceof SyntaxError) return undefined
    throw error
  }
}
