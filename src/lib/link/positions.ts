import type { Duplex } from 'node:stream'

/** Number of an HTTP/2 stream, and bytes received on the stream that it carries. */
const SIZE = 4 + 8
/** Bytes after which they are told at once. */
const AT_ONCE = 64 * 1024
/** Milliseconds after which they are told in any case. */
const AT_REST = 100

interface Receiver {
  readonly received: number
}

interface Told {
  readonly receiver: Receiver
  told: number
}

/**
 * Tells the other side of a link, on its first stream, how much of each stream has been received, and hears the same. Each word is
 * 12 bytes: the number of the HTTP/2 stream, the position (both big-endian). PostgreSQL's bytes stay as they are.
 */
export class Positions implements Disposable {
  readonly #control: Duplex
  readonly #streams = new Map<number, Told>()
  readonly #due = new Map<number, Told>()
  #timer: NodeJS.Timeout | undefined
  #held: Buffer = Buffer.alloc(0)

  /** @param heard tells how much the other side has received of a stream. @param broken it says what can't be */
  constructor(control: Duplex, heard: (id: number, position: number) => boolean, broken: () => void) {
    this.#control = control
    control.on('drain', () => this.#tell())
    control.on('data', (chunk: Buffer) => {
      this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
      let at = 0
      for (; at + SIZE <= this.#held.length; at += SIZE) {
        const position = Number(this.#held.readBigUInt64BE(at + 4))
        if (!heard(this.#held.readUInt32BE(at), position)) return broken()
      }
      this.#held = this.#held.subarray(at)
    })
  }

  /** More has been received of a stream. @param id of the HTTP/2 stream that carries it */
  received(id: number, receiver: Receiver): void {
    let told = this.#streams.get(id)
    if (!told) this.#streams.set(id, (told = { receiver, told: receiver.received }))
    this.#due.set(id, told)
    if (receiver.received - told.told >= AT_ONCE) this.#tell()
    else this.#timer ??= setTimeout(() => this.#tell(), AT_REST).unref()
  }

  /** A stream has left the link. */
  forget(id: number): void {
    this.#streams.delete(id)
    this.#due.delete(id)
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }

  #tell(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#control.writableNeedDrain || !this.#control.writable) return
    const words = Buffer.alloc(SIZE * this.#due.size)
    let at = 0
    for (const [id, due] of this.#due) {
      words.writeUInt32BE(id, at)
      words.writeBigUInt64BE(BigInt(due.receiver.received), at + 4)
      due.told = due.receiver.received
      at += SIZE
    }
    this.#due.clear()
    if (at > 0) this.#control.write(words)
  }
}
