import type { RelayState } from './state.js'

/**
 * While COPY FROM STDIN runs the server swallows Sync and Flush, since clients send them before they know that their
 * statement was a COPY. Such Syncs are ghosts: no ReadyForQuery answers them. Only where the COPY fails can one of them
 * have been read after the error and so be answered; which ones can't be told, and `spare` counts them.
 * @see PostgreSQL documentation, "COPY Operations"; CopyGetData in the server
 */
export const beginCopyIn = (state: RelayState): void => {
  state.copyInBytes = 0
  state.copying = state.copyIn = true
  let first = true
  for (const request of state.queue) {
    if (request.kind === 'copy-end') {
      state.copyIn = false
      return
    }
    if (!first && request.kind === 'sync') request.ghost = true
    first = false
  }
}

/** The COPY has ended well: the Syncs up to the end of its data were swallowed. The statement is still at the head. */
export const settleCopyIn = (state: RelayState): void => {
  if (!state.copying) return
  state.copying = state.copyIn = false
  let open = true
  state.queue.removeBehindHead((next) => {
    if (!open || !(next.kind === 'copy-end' || (next.kind === 'sync' && next.ghost))) return false
    if (next.kind === 'copy-end') open = false
    return true
  })
}

/** A simple COPY has failed. @returns how many ReadyForQuery may come beyond those that are owed */
export const dropGhosts = (state: RelayState): number =>
  state.queue.removeBehindHead((next) => next.kind === 'sync' && next.ghost)

/**
 * After an error in the extended protocol the server ignores everything up to the next Sync; so do we. The failed
 * request has left the queue.
 * @returns how many ReadyForQuery may come beyond those that are owed
 */
export const skipToSync = (state: RelayState): number => {
  let spare = 0
  for (let next = state.queue.peek(); next; next = state.queue.peek()) {
    if (next.kind === 'sync') {
      if (!next.ghost) return spare
      spare++
    }
    state.queue.shift()
    state.skipped(next)
  }
  state.skipping = true
  return spare
}
