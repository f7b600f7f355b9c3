import { HoopError } from '../../lib/errors.js'
import { hashLength } from '../merkle/hash.js'

/** What a log sends to a witness: its checkpoint, and what shows that it continues the tree of `old` leaves. */
export interface Submission {
  readonly old: bigint
  readonly proof: readonly Buffer[]
  /** Signed note. */
  readonly checkpoint: string
}

/** Lines of a proof, at most. */
const most = 63

const bad = (why: string): HoopError => new HoopError('NOTE_INVALID', `the submission: ${why}`)

/** @see C2SP tlog-witness, “add-checkpoint” */
export const writeSubmission = ({ old, proof, checkpoint }: Submission): string =>
  `old ${old}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${checkpoint}`

/** @throws {HoopError} NOTE_INVALID */
export const parseSubmission = (text: string): Submission => {
  const split = text.indexOf('\n\n')
  const [first = '', ...lines] = text.slice(0, Math.max(0, split)).split('\n')
  const [, old] = /^old (0|[1-9]\d{0,18})$/.exec(first) ?? []
  if (old === undefined || lines.length > most) throw bad('it does not begin as one does')
  const proof = lines.map((line) => {
    const hash = Buffer.from(line, 'base64')
    if (hash.length !== hashLength || hash.toString('base64') !== line) throw bad('a hash is malformed')
    return hash
  })
  return { old: BigInt(old), proof, checkpoint: text.slice(split + 2) }
}
