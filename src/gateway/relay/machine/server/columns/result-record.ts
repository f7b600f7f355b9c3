import type { ResultEvent } from '../../../../../recording/events.js'
import type { ResultDetails } from '../../../journal.js'
import type { RowSink } from '../../../rows/row-sink.js'
import type { State } from '../../state.js'
import { withheldBy } from '../withholding.js'

/** How a statement ended, as far as its rows don't say it. */
export type Outcome = Pick<ResultEvent, 'tag'> & Partial<Pick<ResultEvent, 'rows' | 'bytes' | 'sqlstate' | 'message'>>

/**
 * What is recorded of a statement's result.
 * @param sink where its rows went, where it had any
 */
export const resultOf = (state: State, outcome: Outcome, sink: RowSink | undefined): ResultDetails => {
  const { guard, transaction, copyInBytes } = state
  const result: ResultDetails = { tag: outcome.tag, rows: 0, bytes: 0, masked: sink?.masked ?? 0, transaction }
  if (sink) sink.digest.describe(result)
  else if (copyInBytes > 0) result.copyInBytes = copyInBytes
  if (outcome.rows !== undefined) result.rows = outcome.rows
  if (outcome.bytes !== undefined) result.bytes = outcome.bytes
  const failed = withheldBy(state)?.error ?? outcome
  if (failed.sqlstate !== undefined) result.sqlstate = failed.sqlstate
  if (failed.message !== undefined) result.message = failed.message
  if (guard?.clear && sink?.digest.hides) result.seenClear = true
  return result
}
