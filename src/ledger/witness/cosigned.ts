import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceWhole } from '../log/files.js'
import { parseCheckpointText } from '../note/checkpoint.js'
import { type Note, type NoteSignature, parseNote, writeNote } from '../note/note.js'

/**
 * The last checkpoint that each witness has signed lies in a file of its own, by the id of the witness's key: they don't
 * keep pace with each other, and the newest checkpoint is mostly one that nobody has signed yet.
 */
const folderOf = (folder: string): string => join(folder, 'cosigned')

/** @param witness id of its key */
export const keepCosigned = (folder: string, witness: string, note: string): Promise<void> =>
  replaceWhole(join(folderOf(folder), witness), note)

/** @param witness id of its key. Undefined where it has signed none. */
export const readCosigned = (folder: string, witness: string): Promise<string | undefined> =>
  readFile(join(folderOf(folder), witness), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })

/** What each witness has signed last. */
export const allCosigned = async (
  folder: string,
): Promise<readonly { readonly witness: string; readonly note: string }[]> => {
  const names = (await readdir(folderOf(folder)).catch(() => [])).filter((name) => /^[0-9a-f]{8}$/.test(name))
  const found: { readonly witness: string; readonly note: string }[] = []
  for (const witness of names.sort()) {
    const note = await readCosigned(folder, witness)
    if (note !== undefined) found.push({ witness, note })
  }
  return found
}

const keyOf = ({ name, id }: NoteSignature): string => `${name} ${id}`

/**
 * Of the checkpoints whose tree has a leaf, the one that most witnesses have signed, with the signatures of all of them; the
 * newest where none has.
 * @param newest signed note
 * @throws {HoopError} NOTE_INVALID
 */
export const bestCheckpoint = async (folder: string, newest: string, index: bigint): Promise<string> => {
  let [best, most] = [newest, 0]
  const byText = new Map<string, Note[]>()
  for (const { note } of await allCosigned(folder)) {
    const parsed = parseNote(note)
    byText.set(parsed.text, [...(byText.get(parsed.text) ?? []), parsed])
  }
  for (const [text, notes] of byText) {
    if (parseCheckpointText(text).size <= index || notes.length <= most) continue
    const [first, ...rest] = notes as [Note, ...Note[]]
    const own = new Set(first.signatures.map(keyOf))
    const more = rest.flatMap(({ signatures }) => signatures.filter((one) => !own.has(keyOf(one))))
    best = writeNote({ text, signatures: [...first.signatures, ...more] })
    most = notes.length
  }
  return best
}
