import { HoopError } from '../../lib/errors.js'

const block = 512

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`

/** Names longer than its field stand in two (POSIX.1-2017, “ustar Interchange Format”). */
const named = (name: string): { readonly name: string; readonly prefix: string } => {
  if (name.length <= 100) return { name, prefix: '' }
  const split = name.lastIndexOf('/', 154)
  return { name: name.slice(split + 1), prefix: name.slice(0, split) }
}

/** The block in front of a file in a tar archive. @param size bytes, below 8 GiB */
export const tarHeader = (path: string, size: number): Buffer => {
  const header = Buffer.alloc(block)
  const { name, prefix } = named(path)
  header.write(name, 0)
  header.write(octal(0o600, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(0, 12), 100)
  header.write('        0', 148)
  header.write('ustar\x0000', 257)
  header.write(prefix, 345)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** What fills a file's last block. */
export const tarPadding = (size: number): Buffer => Buffer.alloc((block - (size % block)) % block)

export const tarEnd = (): Buffer => Buffer.alloc(2 * block)

export interface TarEntry {
  readonly path: string
  readonly size: number
  /** Has to be read to its end before the next entry is asked for. */
  readonly content: AsyncIterable<Buffer>
}

const field = (header: Buffer, from: number, length: number): string =>
  header.toString('latin1', from, from + length).replace(/\0.*$/s, '')

const bad = (why: string): HoopError => new HoopError('NOTE_INVALID', `the bundle: ${why}`)

/** Hands out a stream's bytes in the portions asked for. */
class Portions {
  readonly #from: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(stream: AsyncIterable<Buffer>) {
    this.#from = stream[Symbol.asyncIterator]()
  }

  /** Up to `length` bytes, and at least one. @throws {HoopError} NOTE_INVALID at the end of the stream */
  async some(length: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const next: IteratorResult<Buffer, unknown> = await this.#from.next()
      if (next.done === true) throw bad('it ends too early')
      this.#rest = next.value
    }
    const part = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(part.length)
    return part
  }

  async *exactly(length: number): AsyncGenerator<Buffer, void> {
    for (let left = length; left > 0;) {
      const part = await this.some(left)
      left -= part.length
      yield part
    }
  }

  async all(length: number): Promise<Buffer> {
    const parts: Buffer[] = []
    for await (const part of this.exactly(length)) parts.push(part)
    return Buffer.concat(parts)
  }
}

/**
 * The files of a tar archive in their order.
 * @throws {HoopError} NOTE_INVALID for what is none, or is cut off
 */
export async function* readTar(stream: AsyncIterable<Buffer>): AsyncGenerator<TarEntry, void> {
  const portions = new Portions(stream)
  for (;;) {
    const header = await portions.all(block)
    if (header.every((byte) => byte === 0)) return
    const claimed = parseInt(field(header, 148, 8), 8)
    const sum = header.fill(' ', 148, 156).reduce((total, byte) => total + byte, 0)
    const [size, prefix] = [parseInt(field(header, 124, 12), 8), field(header, 345, 155)]
    const isFile = field(header, 257, 5) === 'ustar' && sum === claimed && header[156] === 0x30
    if (!isFile || !Number.isSafeInteger(size) || size < 0) throw bad('it is no archive as hoop writes them')
    yield { path: `${prefix}${prefix && '/'}${field(header, 0, 100)}`, size, content: portions.exactly(size) }
    await portions.all(tarPadding(size).length)
  }
}
