/** Bytes of a tag and a length. */
const HEADER = 5

/**
 * Cuts a stream of PostgreSQL's messages into whole ones.
 * @see PostgreSQL documentation, "Message Formats"
 */
export class Frames {
  #left: Buffer = Buffer.alloc(0)
  /** What comes first from a client has no tag. */
  #tagged: boolean

  constructor(tagged: boolean) {
    this.#tagged = tagged
  }

  /** From here on messages have tags. */
  started(): void {
    this.#tagged = true
  }

  /** Messages that have arrived whole, each with its header. What says `started` comes to hold from the next one on. */
  *of(chunk: Uint8Array): Generator<Buffer, void> {
    this.#left = Buffer.concat([this.#left, chunk])
    for (;;) {
      const header = this.#tagged ? HEADER : HEADER - 1
      if (this.#left.length < header) return
      const length = this.#left.readUInt32BE(header - 4) + header - 4
      if (this.#left.length < length) return
      const message = this.#left.subarray(0, length)
      this.#left = this.#left.subarray(length)
      yield message
    }
  }
}

/** The first string of a message, behind its tag and length. */
export const nameIn = (message: Buffer, from = HEADER): string => {
  const end = message.indexOf(0, from)
  return message.toString('utf8', from, end < 0 ? message.length : end)
}

/** A Query or Parse with another text: what stands before the text stays, and so does what follows it. */
export const withText = (message: Buffer, text: string): Buffer => {
  const from = message[0] === 0x51 ? HEADER : message.indexOf(0, HEADER) + 1
  const changed = Buffer.concat([
    message.subarray(0, from),
    Buffer.from(text),
    message.subarray(message.indexOf(0, from)),
  ])
  changed.writeUInt32BE(changed.length - 1, 1)
  return changed
}

/** NoticeResponse. */
export const notice = (text: string): Buffer => {
  const fields = Buffer.from(`SNOTICE\0VNOTICE\0C00000\0M${text}\0\0`)
  const header = Buffer.alloc(HEADER)
  header.write('N')
  header.writeUInt32BE(fields.length + 4, 1)
  return Buffer.concat([header, fields])
}

/** Sync. */
export const sync: Uint8Array = Buffer.from([0x53, 0, 0, 0, 4])
