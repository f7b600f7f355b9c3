import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { HoopError } from '../../lib/errors.js'

const window = 256 * 1024

/** The system's word alone: its message has the path, which isn't for everybody who may read recordings. */
const unreadable = (cause: unknown): HoopError => {
  const { code } = cause as NodeJS.ErrnoException
  return code === 'ENOENT'
    ? new HoopError('NOT_FOUND', 'the recording', { cause })
    : new HoopError('RECORDING_UNREADABLE', code ?? 'error', { cause })
}

/** Reads a file from front to back through one window; slices stay valid when the window moves on. */
export class Source implements AsyncDisposable {
  /** The file's size when it was opened: a live recording may grow meanwhile, and that is not looked at. */
  readonly size: number
  readonly #file: FileHandle
  #bytes: Buffer = Buffer.alloc(0)
  #start = 0
  #offset = 0

  private constructor(file: FileHandle, size: number) {
    this.#file = file
    this.size = size
  }

  /**
   * Opens a file, and nothing else: a pipe in its place would never be open, and a folder fails anew at each attempt.
   * @throws {HoopError} NOT_FOUND where there is no such file; RECORDING_DAMAGED where something else is; RECORDING_UNREADABLE
   */
  static async open(path: string): Promise<Source> {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
      throw unreadable(cause)
    })
    try {
      const there = await file.stat()
      if (!there.isFile()) throw new HoopError('RECORDING_DAMAGED', 'something else lies in the file’s place')
      return new Source(file, there.size)
    } catch (cause) {
      await file.close()
      throw cause instanceof HoopError ? cause : unreadable(cause)
    }
  }

  get offset(): number {
    return this.#offset
  }

  get remaining(): number {
    return Math.max(0, this.size - this.#offset)
  }

  seek(offset: number): void {
    this.#offset = offset
  }

  /** The next bytes, without moving on; fewer than asked for at the end of the file. The caller bounds `length`. */
  async peek(length: number): Promise<Buffer> {
    const wanted = Math.min(length, this.remaining)
    const inside = this.#offset >= this.#start && this.#offset + wanted <= this.#start + this.#bytes.length
    if (!inside) await this.#fill(Math.min(this.remaining, Math.max(wanted, window)))
    const from = this.#offset - this.#start
    return this.#bytes.subarray(from, from + wanted)
  }

  async #fill(length: number): Promise<void> {
    const bytes = Buffer.allocUnsafeSlow(length)
    let done = 0
    while (done < length) {
      const { bytesRead } = await this.#file
        .read(bytes, done, length - done, this.#offset + done)
        .catch((cause: unknown) => {
          throw unreadable(cause)
        })
      if (bytesRead === 0) break
      done += bytesRead
    }
    this.#bytes = bytes.subarray(0, done)
    this.#start = this.#offset
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
  }
}

/** Whether there is nothing but zeros from an offset on: what a power failure leaves of a write that never arrived. */
export async function zerosFrom(source: Source, offset: number): Promise<boolean> {
  for (source.seek(offset); source.remaining > 0;) {
    const bytes = await source.peek(64 * 1024)
    if (bytes.length === 0 || bytes.some((byte) => byte !== 0)) return bytes.length === 0
    source.seek(source.offset + bytes.length)
  }
  return true
}
