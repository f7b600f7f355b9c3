import type { Outbox } from '../../../wire/outbox.js'
import type { ResultDigest } from './result-digest.js'

/** Where one result's rows go: to the client and, as the client may see them, into the recording. */
export interface RowSink {
  readonly digest: ResultDigest
  /** Whether messages are wanted whole: they are masked, or the recording is. */
  readonly whole: boolean
  readonly masked: number
  /** A DataRow or CopyData message. @returns false where a budget doesn't let it leave */
  frame(out: Outbox, buffer: Buffer, start: number, end: number): boolean
  /** A piece of one that is not wanted whole. @returns false where a budget doesn't let it leave; only of the first */
  piece(out: Outbox, buffer: Buffer, start: number, end: number, first: boolean): boolean
  /** Lets go of what has been gathered from several messages; before anything else goes out, and with each batch. */
  settle(out: Outbox): void
  /** The stream is complete (CopyDone): what a masker still holds. @returns as `frame` does */
  end(out: Outbox): boolean
}
