import { HoopError } from '../../lib/errors.js'
import { KeyKind, type Signer, type Verifier } from './keys.js'
import { type NoteSignature, parseNote, writeNote } from './note.js'

/** When a witness has seen a checkpoint, seconds since 1970. */
export interface Cosignature {
  readonly witness: Verifier
  readonly time: number
}

const timeLength = 8

const messageOf = (text: string, time: bigint): Buffer => Buffer.from(`cosignature/v1\ntime ${time}\n${text}`)

/**
 * A witness's word that it has seen a checkpoint, and nothing that contradicts it.
 * @param text of the checkpoint
 * @param time seconds since 1970
 * @see C2SP tlog-cosignature, “Ed25519 signed message”
 */
export const cosign = (text: string, witness: Signer, time: number): NoteSignature => {
  const stamp = Buffer.alloc(timeLength)
  stamp.writeBigUInt64BE(BigInt(time))
  const signature = Buffer.concat([stamp, witness.sign(messageOf(text, BigInt(time)))])
  return { name: witness.name, id: witness.id, signature }
}

/** The same checkpoint with more signatures below it. */
export const withSignatures = (note: string, more: readonly NoteSignature[]): string => {
  const { text, signatures } = parseNote(note)
  return writeNote({ text, signatures: [...signatures, ...more] })
}

/**
 * What witnesses, of those that are known, say of a checkpoint.
 * @throws {HoopError} NOTE_INVALID where one of them stands below it with a signature that is wrong
 */
export const cosignaturesOf = (note: string, witnesses: readonly Verifier[]): Cosignature[] => {
  const { text, signatures } = parseNote(note)
  return signatures.flatMap(({ name, id, signature }) => {
    const witness = witnesses.find((one) => one.kind === KeyKind.cosignature && one.name === name && one.id === id)
    if (!witness) return []
    const time = signature.length < timeLength ? 0n : signature.readBigUInt64BE()
    if (!witness.verifies(messageOf(text, time), signature.subarray(timeLength)))
      throw new HoopError('NOTE_INVALID', `the cosignature of ${name} is wrong`)
    return [{ witness, time: Number(time) }]
  })
}
