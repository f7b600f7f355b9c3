import { Sink } from '../../../masking/sink.js'
import { HEADER } from '../../../wire/cutter.js'
import type { Outbox } from '../../../wire/outbox.js'
import type { RowSink } from './row-sink.js'
import type { ResultDigest } from './result-digest.js'

/** What the maskers of rows and of COPY have in common. */
interface Masker {
  into(sink: Sink, body: Buffer, start: number, end: number): void
  readonly masked: number
}

/**
 * Masked messages. While the recording wants their content they go out one by one, then gathered, a batch at a time.
 * Where the client may see the values it gets the server's own messages, and the recording what it would have seen.
 */
export abstract class MaskedSink<M extends Masker> implements RowSink {
  readonly whole = true
  readonly digest: ResultDigest
  protected readonly masker: M
  protected readonly clear: boolean
  readonly #gathered = new Sink()

  constructor(digest: ResultDigest, masker: M, clear: boolean) {
    this.digest = digest
    this.masker = masker
    this.clear = clear
  }

  get masked(): number {
    return this.clear ? 0 : this.masker.masked
  }

  frame(out: Outbox, buffer: Buffer, start: number, end: number): boolean {
    const admitted = this.digest.wantsContent ? this.single(out, buffer, start, end) : this.#gather(buffer, start, end)
    if (admitted && this.clear) {
      this.digest.counts?.rows(buffer, start, end)
      out.keep(buffer, start, end)
    }
    return admitted
  }

  piece(): boolean {
    return true
  }

  settle(out: Outbox): void {
    const messages = this.#gathered.take()
    if (messages.length === 0) return
    this.digest.stream(messages, 0, messages.length)
    if (this.clear) return
    this.digest.counts?.rows(messages, 0, messages.length)
    out.put(messages)
  }

  abstract end(out: Outbox): boolean

  /** Masks one message, records it and lets it go out. @returns whether the budgets admit it */
  protected abstract single(out: Outbox, buffer: Buffer, start: number, end: number): boolean

  /** @param masked bytes that the message at `buffer[start, end)` has become @returns whether the budgets admit it */
  protected abstract admits(buffer: Buffer, start: number, end: number, masked: number): boolean

  #gather(buffer: Buffer, start: number, end: number): boolean {
    const mark = this.#gathered.length
    this.masker.into(this.#gathered, buffer, start + HEADER, end)
    if (this.admits(buffer, start, end, this.#gathered.length - mark)) return true
    this.#gathered.truncate(mark)
    return false
  }
}
