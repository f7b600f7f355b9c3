import { HoopError } from '../../lib/errors.js'
import { hashLength } from '../merkle/hash.js'
import { isIncluded } from '../merkle/verify.js'
import { openCheckpoint, type SignedCheckpoint } from './checkpoint.js'
import type { Verifier } from './keys.js'

/** That one entry stands in a log, in one file that is checked without the log. */
export interface ProofFile {
  readonly index: bigint
  readonly proof: readonly Buffer[]
  /** Signed note. */
  readonly checkpoint: string
  /** What the application adds; nothing vouches for it. */
  readonly extra?: Buffer
}

const firstLine = 'c2sp.org/tlog-proof@v1'
const bad = (why: string): HoopError => new HoopError('NOTE_INVALID', `the proof: ${why}`)

/** @see C2SP tlog-proof, “Format” */
export const writeProofFile = ({ index, proof, checkpoint, extra }: ProofFile): string =>
  [
    firstLine,
    ...(extra ? [`extra ${extra.toString('base64')}`] : []),
    `index ${index}`,
    ...proof.map((hash) => hash.toString('base64')),
    '',
    checkpoint,
  ].join('\n')

const strict = (encoded: string): Buffer => {
  const bytes = Buffer.from(encoded, 'base64')
  if (bytes.toString('base64') !== encoded) throw bad('a line is no base64')
  return bytes
}

const hashOf = (line: string): Buffer => {
  const hash = strict(line)
  if (hash.length !== hashLength) throw bad('a hash is malformed')
  return hash
}

/** @throws {HoopError} NOTE_INVALID */
export const parseProofFile = (text: string): ProofFile => {
  const split = text.indexOf('\n\n')
  const [first, ...lines] = text.slice(0, Math.max(0, split)).split('\n')
  if (split < 0 || first !== firstLine) throw bad('it does not begin as a proof does')
  const extra = lines[0]?.startsWith('extra ') ? strict(lines.shift()!.slice(6)) : undefined
  const [, index] = /^index (0|[1-9]\d{0,18})$/.exec(lines.shift() ?? '') ?? []
  // No tree has more levels than a size has bits.
  if (index === undefined || lines.length > 64) throw bad('its index or length is malformed')
  return { index: BigInt(index), proof: lines.map(hashOf), checkpoint: text.slice(split + 2), ...(extra && { extra }) }
}

/**
 * Checks a proof for an entry.
 * @param leaf hash of the entry
 * @throws {HoopError} NOTE_INVALID where it proves nothing
 */
export const checkProofFile = (file: ProofFile, leaf: Buffer, keys: readonly Verifier[]): SignedCheckpoint => {
  const checkpoint = openCheckpoint(file.checkpoint, keys)
  if (!isIncluded(leaf, file.index, file.proof, checkpoint))
    throw bad('the entry does not stand in the log at this place')
  return checkpoint
}
