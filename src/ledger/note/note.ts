import { HoopError } from '../../lib/errors.js'
import { isKeyName } from './keys.js'

/** One line below a note's text. */
export interface NoteSignature {
  readonly name: string
  /** Of the key, eight hexadecimal digits. */
  readonly id: string
  readonly signature: Buffer
}

export interface Note {
  /** With its last newline. What is signed is its UTF-8. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** No note that we deal with comes near; whoever sends more wants to be read for long. */
const longest = 1_000_000
const most = 100

const mark = '— '
const bad = (why: string): HoopError => new HoopError('NOTE_INVALID', why)

/** One line below a note, with its newline. @see C2SP signed-note, “Signatures” */
export const signatureLine = ({ name, id, signature }: NoteSignature): string =>
  `${mark}${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}\n`

/** @see C2SP signed-note, “Format” */
export const writeNote = ({ text, signatures }: Note): string => `${text}\n${signatures.map(signatureLine).join('')}`

const parseLine = (line: string): NoteSignature => {
  const [name = '', encoded = '', ...more] = line.slice(mark.length).split(' ')
  const bytes = Buffer.from(encoded, 'base64')
  const isLine = line.startsWith(mark) && isKeyName(name) && more.length === 0
  if (!isLine || bytes.length < 5 || bytes.toString('base64') !== encoded) throw bad('a signature line is malformed')
  return { name, id: bytes.toString('hex', 0, 4), signature: bytes.subarray(4) }
}

/**
 * Takes a note apart, without checking any signature.
 * @throws {HoopError} NOTE_INVALID
 */
export const parseNote = (note: string): Note => {
  if (note.length > longest) throw bad('it is too long')
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note) || !note.isWellFormed()) throw bad('it has control characters')
  const split = note.lastIndexOf('\n\n')
  const below = note.slice(split + 2)
  if (split < 0 || !below.endsWith('\n')) throw bad('it has no signatures')
  const lines = below.slice(0, -1).split('\n')
  if (lines.length > most) throw bad('it has too many signatures')
  return { text: note.slice(0, split + 1), signatures: lines.map(parseLine) }
}
