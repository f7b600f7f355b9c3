import { copyMasker } from '../../masking/copy.js'
import { rowMasker } from '../../masking/row.js'
import { Sink } from '../../masking/sink.js'
import type { ColumnMask, CopyMasker, CopyShape, RowMasker } from '../../masking/types.js'
import type { Guard } from '../../policy/decision.js'
import type { Field } from '../../wire/backend.js'
import { HEADER } from '../../wire/cutter.js'
import { frame } from '../../wire/frontend.js'
import type { Outbox } from '../../wire/outbox.js'
import { Backend } from '../../wire/tags.js'
import { Tally } from './tally.js'

type Masks = readonly (ColumnMask | undefined)[]

/** Where one result's rows go: to the client and, as the client may see them, into the recording. */
export interface RowSink {
  readonly tally: Tally
  /** Whether messages are wanted whole: they are masked, or the recording is. */
  readonly whole: boolean
  readonly masked: number
  /** A DataRow or CopyData message. */
  frame(out: Outbox, buffer: Buffer, start: number, end: number): void
  /** A piece of one that is not wanted whole. */
  piece(out: Outbox, buffer: Buffer, start: number, end: number, first: boolean): void
  /** Lets go of what has been gathered from several messages; before anything else goes out, and with each batch. */
  settle(out: Outbox): void
  /** The stream is complete (CopyDone): what a masker still holds. */
  end(out: Outbox): void
}

class PlainRows implements RowSink {
  readonly whole = false
  readonly masked = 0
  readonly tally: Tally
  readonly #copy: boolean

  constructor(tally: Tally, copy: boolean) {
    this.tally = tally
    this.#copy = copy
  }

  frame(out: Outbox, buffer: Buffer, start: number, end: number): void {
    if (this.#copy) this.tally.copy(buffer, start, end)
    else this.tally.row(buffer, start, end)
    out.keep(buffer, start, end)
  }

  piece(out: Outbox, buffer: Buffer, start: number, end: number, first: boolean): void {
    if (first) this.tally.rows++
    if (this.#copy) this.tally.copyBytes(buffer, first ? Math.min(end, start + HEADER) : start, end)
    this.tally.stream(buffer, start, end)
    out.keep(buffer, start, end)
  }

  settle(): void {}

  end(): void {}
}

/** `clear`: the client sees the values, the recording what it would have seen otherwise. */
class MaskedRows implements RowSink {
  readonly whole = true
  readonly tally: Tally
  readonly #masker: RowMasker
  readonly #clear: boolean
  readonly #gathered = new Sink()

  constructor(tally: Tally, masker: RowMasker, clear: boolean) {
    this.tally = tally
    this.#masker = masker
    this.#clear = clear
  }

  get masked(): number {
    return this.#clear ? 0 : this.#masker.masked
  }

  frame(out: Outbox, buffer: Buffer, start: number, end: number): void {
    if (this.tally.wantsContent) {
      const row = this.#masker.row(buffer, start + HEADER, end)
      this.tally.row(row, 0, row.length)
      if (!this.#clear) out.put(row)
    } else {
      this.#masker.into(this.#gathered, buffer, start + HEADER, end)
      this.tally.rows++
    }
    if (this.#clear) out.keep(buffer, start, end)
  }

  piece(): void {}

  settle(out: Outbox): void {
    const rows = this.#gathered.take()
    if (rows.length === 0) return
    this.tally.stream(rows, 0, rows.length)
    if (!this.#clear) out.put(rows)
  }

  end(): void {}
}

class MaskedCopy implements RowSink {
  readonly whole = true
  readonly tally: Tally
  readonly #masker: CopyMasker
  readonly #clear: boolean
  readonly #gathered = new Sink()

  constructor(tally: Tally, masker: CopyMasker, clear: boolean) {
    this.tally = tally
    this.#masker = masker
    this.#clear = clear
  }

  get masked(): number {
    return this.#clear ? 0 : this.#masker.masked
  }

  frame(out: Outbox, buffer: Buffer, start: number, end: number): void {
    if (this.tally.wantsContent) this.#pass(out, this.#masker.data(buffer.subarray(start + HEADER, end)))
    else this.#masker.into(this.#gathered, buffer, start + HEADER, end)
    if (this.#clear) out.keep(buffer, start, end)
  }

  piece(): void {}

  settle(out: Outbox): void {
    const messages = this.#gathered.take()
    if (messages.length === 0) return
    this.tally.stream(messages, 0, messages.length)
    if (!this.#clear) out.put(messages)
  }

  end(out: Outbox): void {
    this.settle(out)
    this.#pass(out, this.#masker.end())
    this.tally.rows = this.#masker.rows
  }

  #pass(out: Outbox, payload: Buffer): void {
    if (payload.length === 0) return
    const message = frame(Backend.CopyData, payload)
    this.tally.copy(message, 0, message.length)
    if (!this.#clear) out.put(message)
  }
}

/** Rows of a described result. */
export const rowSink = (
  guard: Guard | undefined,
  fields: readonly Field[] | undefined,
  formats: readonly number[],
  masks: Masks | undefined,
): RowSink => {
  const tally = new Tally(fields, formats, masks)
  return guard && fields && masks
    ? new MaskedRows(tally, rowMasker(fields, formats, masks, guard.maskKey), guard.clear)
    : new PlainRows(tally, false)
}

/** The stream of a COPY … TO STDOUT. */
export const copySink = (guard: Guard | undefined, copy: { masks: Masks; shape: CopyShape } | undefined): RowSink =>
  guard && copy
    ? new MaskedCopy(
        new Tally(undefined, [], copy.masks),
        copyMasker(copy.shape, copy.masks, guard.maskKey),
        guard.clear,
      )
    : new PlainRows(new Tally(), true)
