import { Sink } from '../../masking/sink.js'
import type { CopyMasker, RowMasker } from '../../masking/types.js'
import { isVector } from '../../masking/kinds/vector.js'
import { HEADER } from '../../wire/cutter.js'
import { frame } from '../../wire/frontend.js'
import type { Outbox } from '../../wire/outbox.js'
import { Backend } from '../../wire/tags.js'
import type { RowSink } from './row-sink.js'
import type { Tally } from './tally.js'
import type { CopyToll, Toll } from './toll.js'

/** `clear`: the client sees the values, the recording what it would have seen otherwise. */
export class MaskedRows implements RowSink {
  readonly whole = true
  readonly tally: Tally
  readonly #masker: RowMasker
  readonly #clear: boolean
  readonly #toll: Toll | undefined
  readonly #gathered = new Sink()

  constructor(tally: Tally, masker: RowMasker, clear: boolean, toll: Toll | undefined) {
    this.tally = tally
    this.#masker = masker
    this.#clear = clear
    this.#toll = toll
  }

  get masked(): number {
    return this.#clear ? 0 : this.#masker.masked
  }

  frame(out: Outbox, buffer: Buffer, start: number, end: number): boolean {
    if (this.tally.wantsContent) {
      const row = this.#masker.row(buffer, start + HEADER, end)
      if (!this.#admits(buffer, start, end, row.length)) return false
      this.tally.row(row, 0, row.length)
      if (!this.#clear) out.put(row)
    } else {
      const mark = this.#gathered.length
      this.#masker.into(this.#gathered, buffer, start + HEADER, end)
      if (!this.#admits(buffer, start, end, this.#gathered.length - mark)) {
        this.#gathered.truncate(mark)
        return false
      }
      this.tally.rows++
    }
    if (this.#clear) out.keep(buffer, start, end)
    return true
  }

  piece(): boolean {
    return true
  }

  settle(out: Outbox): void {
    const rows = this.#gathered.take()
    if (rows.length === 0) return
    this.tally.stream(rows, 0, rows.length)
    if (!this.#clear) out.put(rows)
  }

  end(): boolean {
    return true
  }

  #admits(buffer: Buffer, start: number, end: number, masked: number): boolean {
    return this.#toll?.row(buffer, start, end, this.#clear ? end - start : masked) ?? true
  }
}

/** The same for COPY. */
export class MaskedCopy implements RowSink {
  readonly whole = true
  readonly tally: Tally
  readonly #masker: CopyMasker
  readonly #clear: boolean
  readonly #toll: CopyToll
  /** Values of vector types in each row that are masked, and so don't count. */
  readonly #hidden: number
  readonly #gathered = new Sink()
  #counted = 0

  constructor(tally: Tally, masker: CopyMasker, clear: boolean, toll: CopyToll) {
    this.tally = tally
    this.#masker = masker
    this.#clear = clear
    this.#toll = toll
    this.#hidden = clear ? 0 : (tally.masks ?? []).filter((mask) => mask && isVector(mask.type)).length
  }

  get masked(): number {
    return this.#clear ? 0 : this.#masker.masked
  }

  frame(out: Outbox, buffer: Buffer, start: number, end: number): boolean {
    if (this.tally.wantsContent) {
      const payload = this.#masker.data(buffer.subarray(start + HEADER, end))
      if (!this.#pass(out, payload, buffer, start, end)) return false
    } else {
      const mark = this.#gathered.length
      this.#masker.into(this.#gathered, buffer, start + HEADER, end)
      if (!this.#admits(buffer, start, end, this.#gathered.length - mark)) {
        this.#gathered.truncate(mark)
        return false
      }
    }
    if (this.#clear) out.keep(buffer, start, end)
    return true
  }

  piece(): boolean {
    return true
  }

  settle(out: Outbox): void {
    const messages = this.#gathered.take()
    if (messages.length === 0) return
    this.tally.stream(messages, 0, messages.length)
    if (!this.#clear) out.put(messages)
  }

  end(out: Outbox): boolean {
    this.settle(out)
    const rest = this.#masker.end()
    return this.#pass(out, rest, rest, 0, 0)
  }

  #pass(out: Outbox, payload: Buffer, buffer: Buffer, start: number, end: number): boolean {
    const message = payload.length === 0 ? payload : frame(Backend.CopyData, payload)
    if (!this.#admits(buffer, start, end, message.length)) return false
    if (message.length === 0) return true
    this.tally.copy(message, 0, message.length, 0)
    if (!this.#clear) out.put(message)
    return true
  }

  /** What came, and how many bytes of it would leave masked. */
  #admits(buffer: Buffer, start: number, end: number, masked: number): boolean {
    const rows = this.#masker.rows - this.#counted
    const vectors = this.#toll.whole && start < end ? this.#toll.vectors(buffer, start, end) - rows * this.#hidden : 0
    if (start < end) this.#toll.rows(end - start - HEADER)
    if (!this.#toll.take(rows, this.#clear ? end - start : masked, Math.max(0, vectors))) return false
    this.#counted += rows
    this.tally.rows = this.#counted
    return true
  }
}
