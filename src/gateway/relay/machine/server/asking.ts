import { HoopError } from '../../../../lib/errors.js'
import { onlyColumn } from '../../../../wire/backend.js'
import { isFatal, readErrorFields } from '../../../../wire/error-fields.js'
import type { Outbox } from '../../../../wire/outbox.js'
import { Backend } from '../../../../wire/tags.js'
import { refusalOf } from '../../refusal.js'
import { isAsynchronous } from './asynchronous.js'
import type { State } from '../state.js'
import { isLost } from './witnessing.js'

/** Takes one message of the answer to queries of the gateway's own. @returns whether the message was of one */
export const ofAsked = (
  state: State,
  out: Outbox,
  tag: number,
  buffer: Buffer,
  start: number,
  end: number,
): boolean => {
  const head = state.head()
  if (head?.kind !== 'ask' || isAsynchronous(tag)) return false
  const tell = (answers: readonly (string | undefined)[] | HoopError): void => {
    state.queue.shift()
    state.commands.push({ kind: 'told', answers })
  }
  if (tag === Backend.DataRow) {
    if (state.own.take(end - start)) head.answers[head.completed] = onlyColumn(buffer, start, end)
    else head.short = true
  } else if (tag === Backend.CommandComplete) head.completed++
  else if (tag === Backend.CloseComplete) {
    if (--head.closes > 0) return true
    tell(!head.short ? head.answers : new HoopError('MEMORY_EXHAUSTED', 'the catalog as the open transaction sees it'))
  } else if (tag === Backend.Error) {
    const fields = readErrorFields(buffer, start, end)
    if (isFatal(fields)) return false
    const error = new HoopError('WITNESS_FAILED', `${fields['C'] ?? ''} ${fields['M'] ?? ''}`)
    if (isLost(fields['C'])) state.witness.lost()
    tell(error)
    if (!head.open) return true
    // The pipeline is the client's, and so is its end.
    out.put(refusalOf(error))
    state.skipToSync()
  } else if (tag !== Backend.ParseComplete && tag !== Backend.BindComplete)
    throw new HoopError('PROTOCOL_DESYNC', `a query of the gateway’s own that answers ${tag}`)
  return true
}
