import { HoopError } from '../../../../lib/errors.js'
import { type ErrorFields, isFatal, readErrorFields } from '../../../../wire/error-fields.js'
import { onlyColumn } from '../../../../wire/backend.js'
import type { Outbox } from '../../../../wire/outbox.js'
import { Backend } from '../../../../wire/tags.js'
import type { WitnessPart } from '../../../../sql/witness/text.js'
import { refusalOf } from '../../refusal.js'
import { isAsynchronous } from './asynchronous.js'
import type { Request } from '../requests.js'
import type { State } from '../state.js'
import type { Verdict } from '../suspension/suspension.js'
import type { Sent } from '../witness/witness.js'

/** What the witness raises where something is not as it was analysed: a cast that fails. */
const RAISED = '22P02'
const WORDS = 'hoop witness: '

const isolation: WitnessPart = 'transaction_isolation'

/** Errors that the statement itself would have met: cancels, time-outs, locks, a transaction that has failed, resources. */
const ofServer = /^(25P02|40|53|55P03|57|58|XX)/

/** The server does not have the witness, or its portal, any more. */
export const isLost = (sqlstate: string | undefined): boolean => sqlstate === '26000' || sqlstate === '34000'

/** Why a statement may not run whose witness raised that; undefined where the server's own error says it best. */
export const witnessError = ({ C: sqlstate = '', M: message = '' }: ErrorFields): HoopError | undefined => {
  const at = message.indexOf(WORDS)
  if (sqlstate === RAISED && at >= 0)
    return new HoopError('CATALOG_CHANGED', message.slice(at + WORDS.length).replace(/"$/, ''))
  // Somebody has ended what was prepared, or another server answers than the one that has it: it is prepared anew.
  if (isLost(sqlstate)) return new HoopError('CATALOG_CHANGED', 'the session’s own check')
  return ofServer.test(sqlstate) ? undefined : new HoopError('WITNESS_FAILED', `${sqlstate} ${message}`)
}

/** What a witness has raised tells more than of its statement. */
export const learn = ({ witness, commands }: State, { code, about }: HoopError): void => {
  if (code !== 'CATALOG_CHANGED') return
  if (about === isolation) witness.isOld()
  else commands.push({ kind: 'renew' })
}

/** What helps where the open transaction may itself have changed what a statement names. */
export const inTransaction = ({ schemaChanged }: State, error: HoopError): HoopError =>
  error.code === 'CATALOG_CHANGED' && schemaChanged
    ? new HoopError(error.code, error.about, {
        hint: 'Run what changes the schema in a transaction of its own, or, under READ COMMITTED, as a query of its own.',
      })
    : error

/** What a witness that only asks has said. */
const standing = ({ witness }: State, { said, parameters }: Sent): Verdict => {
  if (said === isolation) witness.isOld()
  return said === '' ? { kind: 'stands', parameters } : { kind: 'moved', what: said ?? '' }
}

/** The witness that the server is at. */
export const witnessAt = (head: Request | undefined): Sent | undefined => {
  if (head?.kind === 'witness') return head.sent
  return head?.kind === 'query' ? head.played?.witness : undefined
}

/**
 * Takes one message of the answer to a witness for which a statement waits, suspended; or one without an error of any.
 * @param answered takes what it comes to
 * @returns whether the message was of one
 */
export const ofWitness = (
  state: State,
  out: Outbox,
  answered: (verdict: Verdict) => void,
  tag: number,
  buffer: Buffer,
  start: number,
  end: number,
): boolean => {
  const head = state.head()
  const sent = witnessAt(head)
  if (!head || !sent || isAsynchronous(tag)) return false
  if (tag === Backend.DataRow) sent.said = onlyColumn(buffer, start, end)
  if (head.kind !== 'witness') return tag === Backend.DataRow && head.kind === 'query' && !head.played?.answer(tag)
  if (tag !== Backend.Error) {
    if (!expected.has(tag)) throw new HoopError('PROTOCOL_DESYNC', `a witness that answers ${tag}`)
    if (--head.left > 0) return true
    state.queue.shift()
    state.witness.confirmed(sent)
    if (!head.statement)
      answered(sent.asks ? standing(state, sent) : { kind: 'confirmed', parameters: sent.parameters })
    return true
  }
  // For an Execute, see `Errors`: its statement gets the error.
  if (head.statement) return false
  const fields = readErrorFields(buffer, start, end)
  if (isFatal(fields)) return false
  state.queue.shift()
  if (isLost(fields['C'])) state.witness.lost()
  else state.witness.forget()
  const why = witnessError(fields) ?? new HoopError('WITNESS_FAILED', `${fields['C']} ${fields['M']}`)
  const error = inTransaction(state, why)
  learn(state, error)
  const next = state.queue.peek()
  if (next?.kind !== 'sync' || !next.own) {
    // The pipeline is the client's, and so is its end.
    out.put(refusalOf(error))
    state.skipToSync()
  } else if (error.code === 'CATALOG_CHANGED' && state.transaction === 'I') answered({ kind: 'changed', error })
  else answered({ kind: 'refuse', error })
  return true
}

const expected: ReadonlySet<number> = new Set([
  ...[Backend.ParseComplete, Backend.BindComplete, Backend.DataRow, Backend.CommandComplete, Backend.CloseComplete],
])
