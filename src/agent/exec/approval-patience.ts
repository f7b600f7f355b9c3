import { HoopError } from '../../lib/errors.js'
import type { Answer } from './exec.js'

const units = { s: 1000, m: 60_000, h: 3_600_000 } as const

/** Lets a statement wait for its approval so long and no longer; the time it runs is not counted. */
export class Patience {
  readonly #ms: number | undefined
  readonly #stop = new AbortController()
  #timer: NodeJS.Timeout | undefined

  /** @param text `30s`, `10m`, `1h`, or `forever`. @throws {HoopError} USAGE */
  constructor(text: string) {
    const [, amount, unit] = /^(\d{1,5})([smh])$/.exec(text) ?? []
    if (amount === undefined && text !== 'forever')
      throw new HoopError('USAGE', `--wait ${text} is no length of time`, { hint: 'Write 30s, 10m or 1h.' })
    this.#ms = amount === undefined ? undefined : Number(amount) * units[unit as keyof typeof units]
  }

  /** Aborts when a statement has waited too long. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  /** The same answers, looked through for the beginning and the end of a wait. */
  async *over(answers: AsyncIterable<Answer>): AsyncGenerator<Answer> {
    try {
      for await (const answer of answers) {
        this.#look(answer)
        yield answer
      }
    } finally {
      clearTimeout(this.#timer)
    }
  }

  #look(answer: Answer): void {
    if (answer.kind !== 'notice') return
    if (answer.code === 'APPROVAL_GIVEN') clearTimeout(this.#timer)
    else if (answer.code === 'APPROVAL_AWAITED' && this.#ms !== undefined)
      this.#timer = setTimeout(
        () => this.#stop.abort(new HoopError('APPROVAL_EXPIRED', 'the request was withdrawn')),
        this.#ms,
      )
  }
}
