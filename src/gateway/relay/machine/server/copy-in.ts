import { normal } from '../modes.js'
import type { State } from '../state.js'

/**
 * While COPY FROM STDIN runs the server swallows Sync and Flush, since clients send them before they know that their
 * statement was a COPY. Such Syncs are ghosts: no ReadyForQuery answers them. Only where the COPY fails can one of them
 * have been read after the error and so be answered; which ones can't be told, and `spareReady` counts them.
 * @see PostgreSQL documentation, "COPY Operations"; CopyGetData in the server
 */
export const beginCopyIn = (state: State): void => {
  state.copyInBytes = 0
  state.answer({ kind: 'copyIn', open: true })
  let first = true
  for (const request of state.queue) {
    if (request.kind === 'copy-end') return state.answer({ kind: 'copyIn', open: false })
    if (!first && request.kind === 'sync') request.ghost = true
    first = false
  }
}

/** The COPY has ended well: the Syncs up to the end of its data were swallowed. The statement is still at the head. */
export const settleCopyIn = (state: State): void => {
  if (state.answering.kind !== 'copyIn') return
  state.answer(normal)
  let open = true
  state.queue.removeBehindHead((next) => {
    if (!open || !(next.kind === 'copy-end' || (next.kind === 'sync' && next.ghost))) return false
    if (next.kind === 'copy-end') open = false
    return true
  })
}

/** A simple COPY has failed: the Syncs sent meanwhile may be answered, or not. */
export const dropGhosts = (state: State): void => {
  state.spareReady += state.queue.removeBehindHead((next) => next.kind === 'sync' && next.ghost)
}
