import type { Logger } from 'pino'
import { request } from 'undici'
import { deadline } from '../../lib/deadline.js'
import { consistencyProof } from '../../ledger/merkle/tree.js'
import { parseCheckpointText } from '../../ledger/note/checkpoint.js'
import { cosignaturesOf, withSignatures } from '../../ledger/note/cosignature.js'
import { parseVerifier, type Verifier } from '../../ledger/note/keys.js'
import { parseNote } from '../../ledger/note/note.js'
import { TileFiles } from '../../ledger/tiles/tile-files.js'
import { keepCosigned } from '../../ledger/witness/cosigned.js'
import { writeSubmission } from '../../ledger/witness/submission.js'
import type { GatewayMetrics } from '../metrics/gateway-metrics.js'
import { type Newest, Place } from './place.js'

/** For one attempt, milliseconds. */
const patience = 10_000
/** Characters of an answer. */
const longest = 10_000

/** As the configuration has it. */
export interface WitnessPlace {
  readonly url: string
  readonly vkey: string
}

export interface WitnessesOptions {
  readonly places: readonly WitnessPlace[]
  /** Of the ledger. */
  readonly folder: string
  readonly log: Logger
  readonly metrics: Pick<GatewayMetrics, 'ledger'>
}

interface Answer {
  readonly status: number
  readonly text: string
}

const ask = async (url: string, body: string, signal: AbortSignal): Promise<Answer> => {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'user-agent': 'hoop' }
  const address = `${url.replace(/\/+$/, '')}/add-checkpoint`
  const answer = await request(address, { method: 'POST', headers, body, signal: deadline(patience, signal) })
  let text = ''
  for await (const part of answer.body.setEncoding('utf8') as AsyncIterable<string>)
    if ((text += part).length > longest) throw new Error('its answer is too long')
  return { status: answer.statusCode, text }
}

/** One witness: what it signed last is learned from itself, so that nothing of it need be kept. */
class AskedWitness {
  readonly #url: string
  readonly #folder: string
  readonly key: Verifier
  #known = 0n

  constructor({ url, vkey }: WitnessPlace, folder: string) {
    this.#url = url
    this.key = parseVerifier(vkey)
    this.#folder = folder
  }

  /** Has a checkpoint signed, and keeps that. @throws what keeps it from being signed */
  async sign(checkpoint: string, signal: AbortSignal): Promise<bigint> {
    const { size } = parseCheckpointText(parseNote(checkpoint).text)
    let answer = await this.#submit(checkpoint, size, signal)
    const [, known] = answer.status === 409 ? (/^(\d{1,19})\n$/.exec(answer.text) ?? []) : []
    if (known !== undefined) {
      this.#known = BigInt(known)
      if (this.#known > size) throw new Error(`it has signed ${known} leaves, and the ledger has ${size}`)
      answer = await this.#submit(checkpoint, size, signal)
    }
    if (answer.status !== 200) throw new Error(`it answered ${answer.status}`)
    const signatures = parseNote(`${parseNote(checkpoint).text}\n${answer.text}`).signatures
    const own = signatures.filter(({ name, id }) => name === this.key.name && id === this.key.id)
    const signed = withSignatures(checkpoint, own)
    if (cosignaturesOf(signed, [this.key]).length === 0) throw new Error('its answer has no signature of its key')
    this.#known = size
    await keepCosigned(this.#folder, this.key.id, signed)
    return size
  }

  async #submit(checkpoint: string, size: bigint, signal: AbortSignal): Promise<Answer> {
    const old = this.#known
    const proof = await consistencyProof(new TileFiles(this.#folder, size), old, size)
    return ask(this.#url, writeSubmission({ old, proof, checkpoint }), signal)
  }
}

/**
 * Has each checkpoint signed by witnesses, and keeps what they have signed. Nobody waits for that; what fails is logged,
 * counted and tried again.
 * @see C2SP tlog-witness
 */
export class Witnesses implements AsyncDisposable {
  readonly #places: readonly Place[]

  constructor({ places, folder, log, metrics }: WitnessesOptions) {
    const taken = places.map(() => 0)
    this.#places = places.map((place, at) => {
      const witness = new AskedWitness(place, folder)
      const { name } = witness.key
      return new Place(
        async (checkpoint, signal) => void (taken[at] = Number(await witness.sign(checkpoint, signal))),
        (error) => {
          const { code, message } = error as NodeJS.ErrnoException
          metrics.ledger.witnessesFailed++
          log.warn(
            { witness: name, why: code ?? message },
            'a witness did not sign the ledger’s checkpoint; it is asked again',
          )
        },
        () => (metrics.ledger.witnessed = Math.min(...taken)),
      )
    })
  }

  publish(newest: Newest): void {
    for (const place of this.#places) place.publish(newest)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#places.map((place) => place.close()))
  }
}
