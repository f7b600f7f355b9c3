import { once } from 'node:events'
import { asHoopError, HoopError } from '../../lib/errors.js'
import { type Field, readKey, readRowDescription, readTag } from '../../wire/backend.js'
import { Cutter, HEADER, MemoryBudget } from '../../wire/cutter.js'
import { type ErrorFields, readErrorFields } from '../../wire/error-fields.js'
import { bindValues, describePortal, executeOf, parse, query, sync, terminate } from '../../wire/frontend.js'
import { hoopCode } from '../../wire/hoop-code.js'
import { cancelRequest } from '../../wire/startup.js'
import type { Stream } from '../link/links.js'
import { type CopyStop, sendCopy } from './copy-in.js'
import { Backend } from '../../wire/tags.js'
import { Reader } from '../../wire/reader.js'

/** The values of a DataRow in text format. @throws {HoopError} FRAME_INVALID */
function readRow(buffer: Buffer, start: number, end: number): (string | null)[] {
  const reader = new Reader(buffer, start + HEADER, end)
  const count = reader.uint16()
  const values: (string | null)[] = []
  for (let i = 0; i < count; i++) {
    const length = reader.int32()
    values.push(length === -1 ? null : reader.bytes(length).toString('utf8'))
  }
  reader.done()
  return values
}

/** What the server says, in order. Values are text exactly as it sends them; NULL is null. */
export type Answer =
  | { readonly kind: 'columns'; readonly fields: readonly Field[] }
  | { readonly kind: 'row'; readonly values: readonly (string | null)[] }
  /** Data of COPY … TO STDOUT. */
  | { readonly kind: 'copy'; readonly data: Buffer }
  /** COPY … FROM STDIN begins: `copyIn` is asked for the data. */
  | { readonly kind: 'copy-in' }
  | { readonly kind: 'complete'; readonly tag: string }
  /** `code` is hoop's, where the notice is. */
  | { readonly kind: 'notice'; readonly fields: ErrorFields; readonly code: string | undefined }
  /** `sql` is the text that it is of. */
  | { readonly kind: 'error'; readonly fields: ErrorFields; readonly sql: string }

/** A text of SQL; with values it is one statement with parameters, `$1` first. */
export interface SqlText {
  readonly text: string
  readonly values?: readonly string[]
}

/** Largest message of the server that is held, bytes: PostgreSQL's own largest is just under 1 GB. */
const largest = 1024 * 1024 * 1024

/** What runs a text: a simple query, or, where it has parameters, one extended query. */
const messages = ({ text, values }: SqlText): Buffer =>
  values === undefined
    ? query(text)
    : Buffer.concat([parse('', text), bindValues(values), describePortal(''), executeOf(''), sync()])

/** One session that runs texts of SQL, without a driver: row by row, in bounded memory. */
export class Execution {
  readonly #socket: Stream
  readonly #openAnother: (first: Buffer) => Promise<Stream>
  readonly #answers: Answer[] = []
  /** Ends the sending of data for COPY, which goes on beside the reading of answers. */
  #copy = new AbortController()
  #cancelled = false
  #ready = false
  #running = ''
  #key: { pid: number; secret: Buffer } | undefined

  /** @param openAnother a further stream of the same grant, for a CancelRequest */
  constructor(socket: Stream, openAnother: (first: Buffer) => Promise<Stream>) {
    this.#socket = socket
    // What breaks it is told to who reads it; data on their way for COPY may meet it once nobody does.
    socket.on('error', () => undefined)
    this.#openAnother = openAnother
  }

  /**
   * Runs texts one after the other, and yields what the server answers. The server is read no faster than the caller
   * takes. An error of the server is an answer; nothing runs behind it.
   * @param copyIn the data for COPY … FROM STDIN
   * @throws {HoopError} UPSTREAM_LOST where the connection ends too early
   */
  async *run(texts: readonly SqlText[], copyIn: AsyncIterable<Buffer>): AsyncGenerator<Answer> {
    const cutter = new Cutter(
      { whole: () => true, frame: this.#frame, piece: () => undefined },
      new MemoryBudget(largest),
    )
    const left = [...texts]
    let failed = false
    try {
      for await (const chunk of this.#chunks()) {
        cutter.feed(chunk)
        for (const answer of this.#answers.splice(0)) {
          failed ||= answer.kind === 'error'
          // The server drops whatever comes behind an error.
          if (answer.kind === 'error') this.#endCopy('over')
          yield answer
          if (answer.kind === 'copy-in') this.#beginCopy(copyIn)
          if (answer.kind === 'error' && answer.fields['V'] === 'FATAL') return
        }
        if (!this.#ready) continue
        this.#ready = false
        const next = failed ? undefined : left.shift()
        if (next === undefined) return
        this.#running = next.text
        this.#socket.write(messages(next))
      }
    } finally {
      this.#endCopy('over')
      if (this.#socket.writable) this.#socket.end(terminate())
    }
    throw new HoopError('UPSTREAM_LOST', 'it was closed before the statement ended')
  }

  /** Asks the server to stop what runs. @see PostgreSQL documentation, "Canceling Requests in Progress" */
  async cancel(): Promise<void> {
    this.#cancelled = true
    this.#endCopy('cancelled')
    if (!this.#key) return
    const other = await this.#openAnother(cancelRequest(this.#key.pid, this.#key.secret))
    other.end()
    other.resume()
    await once(other, 'close')
  }

  async *#chunks(): AsyncGenerator<Buffer> {
    try {
      // Left open for a goodbye.
      yield* this.#socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
    } catch (error) {
      throw asHoopError(error, 'UPSTREAM_LOST')
    }
  }

  readonly #frame = (tag: number, buffer: Buffer, start: number, end: number): void => {
    const answer = this.#read(tag, buffer, start, end)
    if (answer) this.#answers.push(answer)
  }

  #read(tag: number, buffer: Buffer, start: number, end: number): Answer | undefined {
    switch (tag) {
      case Backend.RowDescription:
        return { kind: 'columns', fields: readRowDescription(buffer, start, end) }
      case Backend.DataRow:
        return { kind: 'row', values: readRow(buffer, start, end) }
      case Backend.CopyData:
        return { kind: 'copy', data: buffer.subarray(start + HEADER, end) }
      case Backend.CopyIn:
        return { kind: 'copy-in' }
      case Backend.CommandComplete:
        return { kind: 'complete', tag: readTag(buffer, start, end) }
      case Backend.Notice: {
        const fields = readErrorFields(buffer, start, end)
        return { kind: 'notice', fields, code: hoopCode(fields) }
      }
      case Backend.Error:
        return { kind: 'error', fields: readErrorFields(buffer, start, end), sql: this.#running }
      case Backend.BackendKeyData:
        this.#key = readKey(buffer, start, end)
        return undefined
      case Backend.ReadyForQuery:
        this.#ready = true
        return undefined
      case Backend.Authentication:
        return this.#authenticated(buffer.readInt32BE(start + HEADER))
      default:
        return undefined
    }
  }

  /** The gateway knows who this is from the grant and asks for no password. */
  #authenticated(code: number): undefined {
    if (code !== 0) throw new HoopError('GATEWAY_VERSION', `it asks for authentication method ${code}`)
    return undefined
  }

  #beginCopy(data: AsyncIterable<Buffer>): void {
    this.#copy = new AbortController()
    if (this.#cancelled) this.#endCopy('cancelled')
    void sendCopy(this.#socket, data, this.#copy.signal)
  }

  #endCopy(why: CopyStop): void {
    this.#copy.abort(why)
  }
}
