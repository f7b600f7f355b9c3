import { HoopError } from '../../lib/errors.js'
import { type Leaf, type LeafRecord, openLeaf } from '../leaves.js'
import { leafHash } from '../merkle/hash.js'
import { cosignaturesOf } from '../note/cosignature.js'
import type { Verifier } from '../note/keys.js'
import { checkProofFile, parseProofFile } from '../note/proof-file.js'

/** What a proof adds so that whoever reads it sees what is proved, and can make the entry's hash once more. */
interface Extra {
  readonly format: 'hoop-leaf/1'
  /** Base64. */
  readonly entry: string
  readonly salt: string
  /** JSON, byte for byte as it was hashed. */
  readonly content: string
}

/** What a proof proves. */
export interface Proved {
  /** The log's name. */
  readonly origin: string
  /** Place of the leaf. */
  readonly index: string
  /** Leaves under the checkpoint. */
  readonly size: string
  readonly leaf: Leaf
  /** Who else has seen the checkpoint, of those that were asked for. */
  readonly witnesses: readonly { readonly name: string; readonly time: string }[]
}

const bad = (why: string): HoopError => new HoopError('NOTE_INVALID', `the proof: ${why}`)

export const encodeExtra = ({ entry, salt, content }: LeafRecord): Buffer =>
  Buffer.from(
    JSON.stringify({
      ...{ format: 'hoop-leaf/1', entry: entry.toString('base64'), salt: salt.toString('base64') },
      content,
    } satisfies Extra),
  )

const decodeExtra = (extra: Buffer | undefined): LeafRecord => {
  try {
    const { format, entry, salt, content } = JSON.parse(String(extra)) as Partial<Extra>
    if (format === 'hoop-leaf/1' && entry !== undefined && salt !== undefined && typeof content === 'string')
      return { entry: Buffer.from(entry, 'base64'), salt: Buffer.from(salt, 'base64'), content }
  } catch {
    // Said below.
  }
  throw bad('it does not say what it proves')
}

const opened = (record: LeafRecord): Leaf => {
  try {
    return openLeaf(record)
  } catch (cause) {
    throw new HoopError('NOTE_INVALID', 'the proof: what it says is not what was entered', { cause })
  }
}

/**
 * Checks a proof with nothing but keys. What its extra data says is believed only where it makes the entry that stands in
 * the log.
 * @param text of the `.tlog-proof`
 * @param keys of the log
 * @param witnesses each of them has to have seen the checkpoint
 * @throws {HoopError} NOTE_INVALID where it proves nothing
 */
export const checkProof = (text: string, keys: readonly Verifier[], witnesses: readonly Verifier[] = []): Proved => {
  const file = parseProofFile(text)
  const record = decodeExtra(file.extra)
  const leaf = opened(record)
  const { origin, size } = checkProofFile(file, leafHash(record.entry), keys)
  const seen = cosignaturesOf(file.checkpoint, witnesses)
  const missing = witnesses.find(({ vkey }) => !seen.some(({ witness }) => witness.vkey === vkey))
  if (missing) throw bad(`the witness ${missing.name} has not signed its checkpoint`)
  return {
    ...{ origin, index: `${file.index}`, size: `${size}`, leaf },
    witnesses: seen.map(({ witness, time }) => ({ name: witness.name, time: new Date(time * 1000).toISOString() })),
  }
}
