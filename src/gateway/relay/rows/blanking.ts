import { isUtf8 } from 'node:buffer'
import type { Guard } from '../../../policy/decision.js'
import type { Parameter, StatementEvent } from '../../../recording/events.js'
import { formatAt } from '../../../wire/frontend.js'
import type { VectorPrints } from './vector-prints.js'
import { beginning, captureLimits, captureParameters, captureValue } from './capture.js'

/** How far behind the cut of a text or value is looked, so that what the cut goes through is found. */
const BEHIND = 4096
/** What is left out at the end of what was looked through, where more follows: what was found in part would stand there. */
const UNSURE = 256

/** Counts of what was found, by detector. */
export type Found = Record<string, number>

/** Parameters as they came. */
export interface BoundParameters {
  readonly parameters: readonly (Buffer | null)[]
  readonly parameterFormats: readonly number[]
}

/** Takes out of texts and parameters that are recorded what the policy's detectors find in them. */
export class Blanking {
  readonly #scans: NonNullable<Guard['scans']> | undefined
  readonly #key: Buffer

  readonly #vectors: VectorPrints | undefined

  /** @param vectors what stands for them; they are kept as they are without */
  constructor(guard?: Pick<Guard, 'scans' | 'maskKey'>, vectors?: VectorPrints) {
    this.#vectors = vectors
    this.#scans = guard?.scans
    this.#key = guard?.maskKey ?? Buffer.alloc(0)
  }

  /** @param limit UTF-16 units that are recorded of it @param found is added to */
  text(text: string, limit: number, found: Found): string {
    return this.#blanked('text', text, limit, found)
  }

  /** What is said to a person, which quotes values as it likes. @param limit UTF-16 units @param found is added to */
  message(text: string, limit: number, found: Found): string {
    return this.#blanked('message', text, limit, found)
  }

  #blanked(as: 'text' | 'message', text: string, limit: number, found: Found): string {
    if (!this.#scans && !this.#vectors) return beginning(text, limit)
    const said = beginning(text, limit + BEHIND)
    const head = this.#vectors?.[as](said, (count) => add(found, vectorName, count)) ?? said
    return beginning(this.#hide(head, said.length < text.length, found) ?? head, limit)
  }

  /** @param found is added to */
  parameters({ parameters, parameterFormats }: BoundParameters, found: Found): readonly Parameter[] | undefined {
    if ((!this.#scans && !this.#vectors) || parameters.length === 0)
      return captureParameters(parameters, parameterFormats)
    return parameters
      .slice(0, captureLimits.parameters)
      .map((value, i) => this.#parameter(value, formatAt(parameterFormats, i), found))
  }

  /** The parameters of a statement, and what was found in them. */
  recorded(bound: BoundParameters): Pick<StatementEvent, 'parameters' | 'detectedParameters'> {
    const found: Found = {}
    const parameters = this.parameters(bound, found)
    const detected = foundIn(found)
    return { ...(parameters && { parameters }), ...(detected && { detectedParameters: detected }) }
  }

  #parameter(value: Buffer | null, format: number, found: Found): Parameter {
    if (value === null) return null
    const vector = this.#vectors?.of(value, format)
    if (vector !== undefined) return (add(found, vectorName, 1), vector)
    if (!this.#scans) return captureValue(value, format)
    const limit = captureLimits.value
    const head = value.subarray(0, limit + BEHIND)
    // Binary formats have text in them as it is; what is found is ASCII, whatever stands around it.
    const encoding = format === 0 || isUtf8(head) ? 'utf8' : 'latin1'
    const hidden = this.#hide(head.toString(encoding), head.length < value.length, found)
    if (hidden === undefined) return captureValue(value, format)
    const kept = captureValue(Buffer.from(hidden, encoding), format)
    if (value.length <= limit || kept === null) return kept
    return { cut: typeof kept === 'string' ? kept : 'hex' in kept ? kept.hex : kept.cut, bytes: value.length }
  }

  /** @param goesOn whether the text is the beginning of a longer one */
  #hide(text: string, goesOn: boolean, found: Found): string | undefined {
    const hidden = this.#scans?.ofRecorded(text, this.#key)
    if (!hidden) return undefined
    for (const [name, count] of Object.entries(hidden.detected)) add(found, name, count)
    return goesOn ? beginning(hidden.text, Math.max(0, hidden.text.length - UNSURE)) : hidden.text
  }
}

/** Under which vectors are counted: the text, or the parameter, isn't what was sent. */
export const vectorName = 'vector'

const add = (found: Found, name: string, count: number): void => void (found[name] = (found[name] ?? 0) + count)

/** What was found, for an event. */
export const foundIn = (found: Found): Readonly<Found> | undefined =>
  Object.keys(found).length === 0 ? undefined : found
