import { HoopError } from '../../lib/errors.js'
import { hashLength } from '../merkle/hash.js'
import type { TreeHead } from '../merkle/verify.js'
import { KeyKind, type Signer, type Verifier } from './keys.js'
import { type Note, parseNote, writeNote } from './note.js'

/** A tree's head with the name of the log that it belongs to. */
export interface Checkpoint extends TreeHead {
  readonly origin: string
  /** Lines beyond the three. */
  readonly extensions: readonly string[]
}

/** A checkpoint that at least one of the keys asked for has signed. */
export interface SignedCheckpoint extends Checkpoint {
  /** As it was read. */
  readonly note: string
  readonly signedBy: readonly Verifier[]
}

/** @see C2SP tlog-checkpoint, “Note text” */
export const checkpointText = ({ origin, size, root }: Pick<Checkpoint, 'origin' | keyof TreeHead>): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`

const bad = (why: string): HoopError => new HoopError('NOTE_INVALID', `the checkpoint: ${why}`)

/** @throws {HoopError} NOTE_INVALID */
export const parseCheckpointText = (text: string): Checkpoint => {
  const [origin = '', size = '', encoded = '', ...rest] = text.split('\n')
  const root = Buffer.from(encoded, 'base64')
  if (rest.pop() !== '' || rest.includes('')) throw bad('it does not end as it should')
  if (origin === '' || !/^(0|[1-9]\d{0,18})$/.test(size)) throw bad('its origin or size is malformed')
  if (root.length !== hashLength || root.toString('base64') !== encoded) throw bad('its hash is malformed')
  return { origin, size: BigInt(size), root, extensions: rest }
}

/** Signs a tree's head. */
export const signCheckpoint = (
  head: Pick<Checkpoint, 'origin' | keyof TreeHead>,
  signers: readonly Signer[],
): string => {
  const text = checkpointText(head)
  return writeNote({
    text,
    signatures: signers.map((key) => ({ name: key.name, id: key.id, signature: key.sign(Buffer.from(text)) })),
  })
}

/**
 * The keys, of those given, whose signature a note carries.
 * @throws {HoopError} NOTE_INVALID where one of them stands below it with a signature that is wrong
 */
export const signersOf = ({ text, signatures }: Note, keys: readonly Verifier[]): Verifier[] => {
  const signed = new Set<Verifier>()
  for (const { name, id, signature } of signatures) {
    const key = keys.find((one) => one.kind === KeyKind.note && one.name === name && one.id === id)
    if (!key) continue
    if (!key.verifies(Buffer.from(text), signature)) throw bad(`the signature of ${name} is wrong`)
    signed.add(key)
  }
  return [...signed]
}

/**
 * Reads a checkpoint and believes it only where one of the keys has signed it.
 * @throws {HoopError} NOTE_INVALID
 */
export const openCheckpoint = (note: string, keys: readonly Verifier[]): SignedCheckpoint => {
  const parsed = parseNote(note)
  const signedBy = signersOf(parsed, keys)
  if (signedBy.length === 0) throw bad('none of the keys that are trusted has signed it')
  return { ...parseCheckpointText(parsed.text), note, signedBy }
}
