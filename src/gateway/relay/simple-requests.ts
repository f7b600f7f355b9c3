import { HoopError } from '../../lib/errors.js'
import { HEADER } from '../../wire/cutter.js'
import { callOfNothing, query, readQuery } from '../../wire/frontend.js'
import { waits } from './decider.js'
import { noted, refusedBy, type FrontendParts } from './frontend-parts.js'
import type { Verdict } from './wait.js'

/** Requests that bring their own Sync with them: Query and FunctionCall. */
export class SimpleRequests {
  readonly #parts: FrontendParts
  readonly #functionCalls: boolean

  constructor(parts: FrontendParts, functionCalls: boolean) {
    this.#parts = parts
    this.#functionCalls = functionCalls
  }

  query(buffer: Buffer, start: number, end: number, verdict?: Verdict): void {
    const { text, decision } = this.#parts.decider.decideToRun(() => readQuery(buffer, start, end), verdict)
    if (waits(decision))
      return this.#parts.decider.stopAt(decision, { text }, (next) => this.query(buffer, start, end, next))
    if (decision.kind === 'refuse')
      return this.#refuse('query', text, decision.error, decision.rule, refusedBy(verdict))
    this.#parts.decider.ran(text, decision)
    // A simple query ends the transaction that open messages began.
    this.#parts.open.ended()
    const statement = this.#parts.state.journal.statement('simple', text, noted(decision, this.#parts.decider))
    this.#parts.state.push({
      kind: 'query',
      statement,
      refused: undefined,
      allowed: decision.statements,
      raise: this.#parts.decider.raise,
      completed: 0,
      errored: false,
    })
    this.#parts.out.keep(buffer, start, end)
  }

  functionCall(buffer: Buffer, start: number, end: number): void {
    const oid = end - start >= HEADER + 4 ? buffer.readUInt32BE(start + HEADER) : 0
    const text = `-- function call: ${oid}`
    if (!this.#functionCalls || this.#parts.state.guard)
      return this.#refuse('function', text, new HoopError('FUNCTION_CALL_REFUSED'))
    const statement = this.#parts.state.journal.statement('function', text)
    this.#parts.state.push({ kind: 'function', statement, refused: undefined })
    this.#parts.out.keep(buffer, start, end)
  }

  /**
   * In place of a Query goes a Query that can't be parsed (of a FunctionCall one of a function that can't be), and not a
   * Bind with a Sync: where the server is skipping, it has to ignore our message as it would have the client's.
   */
  #refuse(kind: 'query' | 'function', text: string, error: HoopError, rule?: string, approval?: string): void {
    this.#parts.open.ended()
    const statement = this.#parts.state.journal.refusal(text, error, rule, approval)
    const refused = error
    if (kind === 'query')
      this.#parts.state.push({ kind, statement, refused, allowed: [], completed: 0, errored: false })
    else this.#parts.state.push({ kind, statement, refused })
    this.#parts.out.put(kind === 'query' ? query(this.#parts.refused) : callOfNothing())
  }
}
