import { isConsistent } from '../merkle/verify.js'
import { openCheckpoint, parseCheckpointText, type SignedCheckpoint } from '../note/checkpoint.js'
import { cosign } from '../note/cosignature.js'
import type { Signer, Verifier } from '../note/keys.js'
import { parseNote, signatureLine } from '../note/note.js'
import { keepSigned, lastSigned } from './state.js'
import { parseSubmission, type Submission } from './submission.js'

/** As it goes over HTTP. */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422
  readonly body: string
  /** Media type; plain text unless said. */
  readonly type?: 'text/x.tlog.size'
}

export interface WitnessOptions {
  readonly key: Signer
  /** Keys of the logs that are witnessed; the name of a key is that of its log. A log may have several. */
  readonly logs: readonly Verifier[]
  /** Folder, held by this witness alone. */
  readonly state: string
}

const no = (status: WitnessAnswer['status'], why: string): WitnessAnswer => ({ status, body: `${why}\n` })

const attempt = <Result>(run: () => Result): Result | undefined => {
  try {
    return run()
  } catch {
    return undefined
  }
}

/**
 * Signs heads of logs, each only where it continues the one that it signed before: a log that was rewritten gets no
 * signature, and never are there two for one size.
 * @see C2SP tlog-witness
 */
export class Witness {
  readonly #options: WitnessOptions
  /** Of each log one submission is looked at at a time: what was found of the last head has to hold until the next is kept. */
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(options: WitnessOptions) {
    this.#options = options
  }

  /**
   * @param body of `add-checkpoint`
   * @throws {HoopError} FILE_UNREADABLE where its state can't be read or kept: then nothing is signed
   */
  async add(body: string, now = new Date()): Promise<WitnessAnswer> {
    const submission = attempt(() => parseSubmission(body))
    const checkpoint = submission && attempt(() => parseCheckpointText(parseNote(submission.checkpoint).text))
    if (!submission || !checkpoint) return no(400, 'this is no submission of a checkpoint')
    const keys = this.#options.logs.filter(({ name }) => name === checkpoint.origin)
    if (keys.length === 0) return no(404, 'this log is not witnessed here')
    const signed = attempt(() => openCheckpoint(submission.checkpoint, keys))
    if (!signed) return no(403, 'no key of this log has signed the checkpoint')
    const before = this.#turns.get(signed.origin) ?? Promise.resolve()
    const turn = before.catch(() => undefined).then(() => this.#sign(submission, signed, now))
    this.#turns.set(signed.origin, turn)
    return turn
  }

  async #sign({ old, proof }: Submission, checkpoint: SignedCheckpoint, now: Date): Promise<WitnessAnswer> {
    const { state, key } = this.#options
    if (old > checkpoint.size) return no(400, 'the old size is larger than the checkpoint’s')
    const last = await lastSigned(state, checkpoint.origin)
    if (old !== last.size) return { status: 409, body: `${last.size}\n`, type: 'text/x.tlog.size' }
    if (old === checkpoint.size && !last.root.equals(checkpoint.root))
      return no(409, 'another head of this size was signed before')
    if (!isConsistent(last, proof, checkpoint)) return no(422, 'the checkpoint does not continue the one before it')
    await keepSigned(state, checkpoint.origin, checkpoint, now)
    const time = Math.floor(now.getTime() / 1000)
    return { status: 200, body: signatureLine(cosign(parseNote(checkpoint.note).text, key, time)) }
  }
}
