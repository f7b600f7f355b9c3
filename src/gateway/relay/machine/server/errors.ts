import { HoopError } from '../../../../lib/errors.js'
import { errorResponse, isFatal, readErrorFields, type ErrorFields } from '../../../../wire/error-fields.js'
import type { Outbox } from '../../../../wire/outbox.js'
import { refusalOf } from '../../refusal.js'
import { isOfParameter, isOfSession, isOfText, redacted, withoutText } from '../../rows/redaction.js'
import type { Statement } from '../../journal.js'
import { isQuiet } from './binding.js'
import { isChecking, isMistake, placed } from './checked.js'
import { isDisplaced } from './displaced.js'
import { normal } from '../modes.js'
import type { Request } from '../requests.js'
import type { Results } from './results.js'
import type { State } from '../state.js'
import { inTransaction, isLost, learn, witnessAt, witnessError } from './witnessing.js'

/** Whether an error of a statement that touches masked columns says nothing of their values. */
const isHarmless = ({ names, tainted }: State, head: Request | undefined, fields: ErrorFields): boolean => {
  // Parse runs nothing; that nobody has prepared what is bound says nothing of any table.
  if (head?.kind === 'parse' || head?.kind === 'check') return true
  if (head?.kind === 'bind' && (fields['C'] === '26000' || isOfParameter(fields))) return true
  // What an earlier statement of the transaction left behind may speak now.
  return isOfText(fields) || isOfSession(fields) || (!tainted && isQuiet(names, head))
}

/** The error as the message that the client sent would have got it. */
const asSent = (head: Request | undefined, said: ErrorFields): ErrorFields => {
  if (head?.kind === 'query' && head.played) return head.played.asSimple(said)
  return isChecking(head) ? placed(head, said) : said
}

/** Why the request was refused, where the server's error stands for that. */
const refusedBy = (head: Request | undefined, fields: ErrorFields): HoopError | undefined => {
  if (isChecking(head)) return isMistake(head, fields) || isFatal(fields) ? undefined : head.refusal.error
  return head && 'refused' in head ? head.refused : undefined
}

/** ErrorResponse: whose error the client gets, and what it ends. */
export class Errors {
  readonly #state: State
  readonly #results: Results
  readonly #out: Outbox
  /** SQLSTATE of the FATAL that the server has said: it closes next. */
  fatal: string | undefined

  constructor(state: State, results: Results, out: Outbox) {
    this.#state = state
    this.#results = results
    this.#out = out
  }

  /** @param touches whether what is answered touches masked columns */
  error(buffer: Buffer, start: number, end: number, touches: boolean): void {
    const state = this.#state
    const head = state.head()
    const said = readErrorFields(buffer, start, end)
    const fields = asSent(head, said)
    if (fields !== said) {
      buffer = errorResponse(fields)
      start = 0
      end = buffer.length
    }
    const refused = refusedBy(head, fields)
    const unconfirmed = this.#unconfirmed(head, fields)
    const masked = touches && !isHarmless(state, head, fields)
    if (isFatal(fields)) this.fatal = fields['C'] ?? ''
    state.ownObjects.failed()
    if (masked && !refused && !unconfirmed) state.caps.failed(fields)
    const ours = unconfirmed ?? this.#ourError(fields['C'], refused !== undefined, end - start)
    // The recording holds no unmasked value, even where this person may see them.
    const { message: text, instead } = redacted(state.guard, 'error', fields)
    const message = masked ? 'withheld: it may quote masked values' : text
    const { sqlstate = fields['C'] ?? '', message: reason = message } = ours ?? {}
    this.#record(head, refused, sqlstate, reason)
    if (this.#results.failed() && this.fatal === undefined) {
      // ours is out
    } else if (this.#playsAgain(ours, head, said)) {
      // nothing of it has run, and the client need not know
    } else if (refused && this.fatal === undefined) this.#out.put(refusalOf(refused))
    else if (ours) this.#out.put(refusalOf(ours))
    else if (masked && !state.guard?.clear) this.#out.put(withoutText('error', buffer, start, end))
    else if (instead) this.#out.put(instead)
    else this.#out.keep(buffer, start, end)
    if (head) this.#ends(head)
  }

  /** Why a statement doesn't run where its witness has raised the error. */
  #unconfirmed(head: Request | undefined, fields: ErrorFields): HoopError | undefined {
    const state = this.#state
    if (!witnessAt(head)) return undefined
    if (isLost(fields['C'])) state.witness.lost()
    else state.witness.forget()
    const error = isFatal(fields) ? undefined : witnessError(fields)
    if (error) learn(state, error)
    return error && inTransaction(state, error)
  }

  /** Whether all that the client has sent since its last transaction has to be sent again, and can be. */
  #playsAgain(ours: HoopError | undefined, head: Request | undefined, said: ErrorFields): boolean {
    const state = this.#state
    const displaced = isDisplaced(head, said) && state.batch.holdsUnnamed
    if (displaced) state.witness.lost()
    if (!displaced && ours?.code !== 'CATALOG_CHANGED') return false
    const error = ours ?? new HoopError('CATALOG_CHANGED', 'the unnamed statement')
    // What waits behind it would be overtaken.
    const waits = state.mode.kind === 'suspended' && !state.sending
    const batch = waits ? undefined : state.batch.playable
    if (!state.renews || this.fatal !== undefined || state.transaction !== 'I' || batch === undefined) return false
    state.again = { batch, error }
    return true
  }

  /** A failed Parse is recorded here and now: nothing else ran. */
  #record(head: Request | undefined, refused: HoopError | undefined, sqlstate: string, message: string): void {
    if (refused && isChecking(head)) this.#state.refused(head)
    const statement = refused ? undefined : this.#statementOf(head)
    if (statement) this.#results.end(statement, { tag: 'error', sqlstate, message })
  }

  #statementOf(head: Request | undefined): Statement | undefined {
    const { journal } = this.#state
    if (head?.kind === 'parse') return journal.statement('extended', head.meaning.text)
    if (isChecking(head)) return journal.statement(head.via, head.text, { checked: true })
    return head && 'statement' in head ? head.statement : undefined
  }

  /** What an error ends: of a simple query the rest of its text, of an extended one everything up to its Sync. */
  #ends(head: Request): void {
    const state = this.#state
    if (state.answering.kind === 'copyIn') state.answer(normal)
    if (head.kind === 'query') head.errored = true
    if (head.kind === 'query' || head.kind === 'function' || head.kind === 'sync') return
    state.queue.shift()
    if (head.kind === 'parse') {
      state.names.fail(head.meaning)
      // The server drops the unnamed statement before it reads the new one.
      if (head.meaning.name === '') state.names.statements.end('')
    }
    if (head.kind === 'check' && head.unnamed) state.names.statements.end('')
    if (head.kind === 'bind') state.names.fail(head.portal)
    if (head.kind === 'execute' && head.defines) state.names.fail(head.defines)
    state.skipToSync()
  }

  /** What the client is told instead of the server's error, where a budget is why. */
  #ourError(sqlstate: string | undefined, refused: boolean, size: number): HoopError | undefined {
    const { metering, strayCancel } = this.#state
    if (!metering || refused || this.fatal !== undefined) return undefined
    const cancelled = sqlstate === '57014' && strayCancel
    if (cancelled) this.#state.strayCancel = false
    if (this.#results.withheld) return undefined
    if (cancelled) return new HoopError('BUDGET_COLLATERAL')
    return this.#results.affords(1, size) ? undefined : metering.meter.refused()
  }
}
