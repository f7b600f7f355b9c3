import limit from 'p-limit'
import type { Logger } from 'pino'
import type { Approvals } from '../approvals/approvals.js'
import type { Asking } from './asking.js'

/** Requests for access that can be in force at once. */
const most = 10_000

/** Looks at what people approved whose groups are others by now. Nothing of it throws: what fails is logged. */
export class Reconsidering {
  readonly #asking: Pick<Asking, 'reconsider'>
  readonly #approvals: Pick<Approvals, 'records'>
  readonly #log: Logger
  /** Of two looks at one access only one may end it. */
  readonly #turns = limit(1)

  constructor(asking: Pick<Asking, 'reconsider'>, approvals: Pick<Approvals, 'records'>, log: Logger) {
    this.#asking = asking
    this.#approvals = approvals
    this.#log = log
  }

  /** What one person approved. */
  of(subject: string): Promise<void> {
    return this.#turns(() => this.#look(subject))
  }

  /** What anybody did: a directory has changed. */
  all(): Promise<void> {
    return this.#turns(async () => {
      try {
        const inForce = await this.#approvals.records.list({ states: ['approved'], kind: 'access' }, most)
        const approvers = new Set(inForce.flatMap(({ votes }) => votes.map(({ subject }) => subject)))
        for (const subject of approvers) await this.#look(subject)
      } catch (error) {
        this.#failed(error)
      }
    })
  }

  #look(subject: string): Promise<void> {
    return this.#asking.reconsider(subject).catch((error: unknown) => this.#failed(error))
  }

  #failed(err: unknown): void {
    this.#log.error({ err }, 'access for a while was not looked at')
  }
}
