import type { CopyMasker, RowMasker } from '../../../masking/types.js'
import { isVector } from '../../../masking/kinds/vector.js'
import { HEADER } from '../../../wire/cutter.js'
import { frame } from '../../../wire/frontend.js'
import type { Outbox } from '../../../wire/outbox.js'
import { Backend } from '../../../wire/tags.js'
import { MaskedSink } from './masked-sink.js'
import type { ResultDigest } from './result-digest.js'
import type { CopyCounting, RowCounting } from './counting.js'

/** DataRow messages. */
export class MaskedRows extends MaskedSink<RowMasker> {
  readonly #counting: RowCounting | undefined

  constructor(digest: ResultDigest, masker: RowMasker, clear: boolean, counting: RowCounting | undefined) {
    super(digest, masker, clear)
    this.#counting = counting
  }

  end(): boolean {
    return true
  }

  protected single(out: Outbox, buffer: Buffer, start: number, end: number): boolean {
    const row = this.masker.row(buffer, start + HEADER, end)
    if (!this.admits(buffer, start, end, row.length)) return false
    this.digest.row(row, 0, row.length)
    if (this.clear) return true
    this.digest.counts?.rows(row, 0, row.length)
    out.put(row)
    return true
  }

  protected admits(buffer: Buffer, start: number, end: number, masked: number): boolean {
    if (this.#counting?.row(buffer, start, end, this.clear ? end - start : masked) === false) return false
    this.digest.rows++
    return true
  }
}

/** CopyData messages, which need not be rows. */
export class MaskedCopy extends MaskedSink<CopyMasker> {
  readonly #counting: CopyCounting
  /** Values of vector types in each row that are masked, and so don't count. */
  readonly #hidden: number
  #counted = 0

  constructor(digest: ResultDigest, masker: CopyMasker, clear: boolean, counting: CopyCounting) {
    super(digest, masker, clear)
    this.#counting = counting
    this.#hidden = clear ? 0 : (digest.masks ?? []).filter((mask) => mask && isVector(mask.type)).length
  }

  end(out: Outbox): boolean {
    this.settle(out)
    const rest = this.masker.end()
    return this.#pass(out, rest, rest, 0, 0)
  }

  protected single(out: Outbox, buffer: Buffer, start: number, end: number): boolean {
    return this.#pass(out, this.masker.data(buffer.subarray(start + HEADER, end)), buffer, start, end)
  }

  /** What came, and how many bytes of it would leave masked. */
  protected admits(buffer: Buffer, start: number, end: number, masked: number): boolean {
    const rows = this.masker.rows - this.#counted
    const vectors =
      this.#counting.whole && start < end ? this.#counting.vectors(buffer, start, end) - rows * this.#hidden : 0
    if (start < end) this.#counting.rows(end - start - HEADER)
    if (!this.#counting.take(rows, this.clear ? end - start : masked, Math.max(0, vectors))) return false
    this.#counted += rows
    this.digest.vectors += Math.max(0, vectors)
    this.digest.rows = this.#counted
    return true
  }

  #pass(out: Outbox, payload: Buffer, buffer: Buffer, start: number, end: number): boolean {
    const message = payload.length === 0 ? payload : frame(Backend.CopyData, payload)
    if (!this.admits(buffer, start, end, message.length)) return false
    if (message.length === 0) return true
    this.digest.copy(message, 0, message.length, 0)
    if (!this.clear) out.put(message)
    return true
  }
}
