import { HoopError } from '../../../../lib/errors.js'
import { type ErrorFields, isFatal, readErrorFields } from '../../../../wire/error-fields.js'
import type { Outbox } from '../../../../wire/outbox.js'
import { Backend } from '../../../../wire/tags.js'
import { refusalOf } from '../../refusal.js'
import { isAsynchronous } from './asynchronous.js'
import type { Request } from '../requests.js'
import type { State } from '../state.js'
import type { Verdict } from '../suspension/suspension.js'

/** What the witness raises where something is not as it was analysed: a cast that fails. */
const RAISED = '22P02'
const WORDS = 'hoop witness: '

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

/** Whether the server is at a witness. */
export const isWitnessing = (head: Request | undefined): boolean =>
  head?.kind === 'witness' || (head?.kind === 'query' && head.played?.witnessing === true)

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
  if (head?.kind !== 'witness' || isAsynchronous(tag)) return false
  if (tag !== Backend.Error) {
    if (!expected.has(tag)) throw new HoopError('PROTOCOL_DESYNC', `a witness that answers ${tag}`)
    if (--head.left > 0) return true
    state.queue.shift()
    state.witness.confirmed(head.prepares)
    if (!head.statement) answered({ kind: 'confirmed', parameters: head.parameters })
    return true
  }
  // For an Execute, see `Errors`: its statement gets the error.
  if (head.statement) return false
  const fields = readErrorFields(buffer, start, end)
  if (isFatal(fields)) return false
  state.queue.shift()
  if (isLost(fields['C'])) state.witness.lost()
  else state.witness.forget()
  const error = witnessError(fields) ?? new HoopError('WITNESS_FAILED', `${fields['C']} ${fields['M']}`)
  if (error.code === 'CATALOG_CHANGED') state.commands.push({ kind: 'renew' })
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
  ...[Backend.ParseComplete, Backend.BindComplete, Backend.CommandComplete, Backend.CloseComplete],
])
