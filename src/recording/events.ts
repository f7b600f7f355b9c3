import type { EndEvent, SessionEvent } from '../lib/api/session-events.js'

/** A recording holds its events as the API gives them out. */
export type * from '../lib/api/session-events.js'

/**
 * What the relay needs of a recording. `record` only buffers; `commit` writes all that is buffered as one frame with one
 * write(2), so that it outlives the gateway's process, and is called once per batch of client messages, before any of
 * them is forwarded.
 */
export interface SessionRecorder {
  readonly id: string
  /** Start of the session on the clock of performance.now(). */
  readonly origin: number
  record(event: SessionEvent): void
  /** @throws {HoopError} RECORDING_FAILED; the caller must then forward nothing. */
  commit(): void
  /** Writes the end event and the index, and closes the file. Never throws; returns what went wrong. */
  close(end: Omit<EndEvent, 'type' | 'at' | 'time'>): unknown
}
