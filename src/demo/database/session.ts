import type { Socket } from 'node:net'
import type { PGlite } from '@electric-sql/pglite'
import { Frames, nameIn, notice, sync, withText } from './frames.js'
import type { SessionState } from './state.js'
import type { Member, Turns } from './turns.js'

/** Codes in place of a protocol's version. @see PostgreSQL documentation, "Message Formats" */
const SSL_REQUEST = 80877103
const GSSENC_REQUEST = 80877104
const CANCEL_REQUEST = 80877102

const tags = { query: 'Q', parse: 'P', close: 'C', terminate: 'X' } as const

/** To wait for a client's rows would be the end of the process. */
const takesRows = /\bcopy\b[^;]*\bfrom\s+stdin\b/i
const takesNone = `DO $do$ BEGIN RAISE EXCEPTION USING ERRCODE = 'feature_not_supported',
  MESSAGE = 'the demo’s database is PostgreSQL in WebAssembly, which takes no COPY … FROM STDIN', HINT = 'Use INSERT.'; END $do$`

/** One client's connection, whose messages go to the backend one by one, in its turn. */
export class DemoSession implements Member {
  state: SessionState
  readonly parsed = new Map<string, Buffer>()
  readonly #database: PGlite
  readonly #turns: Turns
  readonly #socket: Socket
  readonly #client = new Frames(false)
  readonly #server = new Frames(true)
  #started = false
  #gateway = false
  #told = false
  #idle = false

  constructor(database: PGlite, turns: Turns, socket: Socket) {
    this.#database = database
    this.#turns = turns
    this.#socket = socket
    this.state = turns.first
  }

  /** The gateway reads catalogs; a session that begins only says hello. */
  get looks(): boolean {
    return this.#gateway || !this.#started
  }

  waits(why: string): void {
    if (this.#told || !this.#started || this.#gateway) return
    this.#told = true
    this.#socket.write(
      notice(
        `the demo’s database has one process, and another session ${why}: yours goes on when that session has ended it`,
      ),
    )
  }

  /** Resolves when the client has gone. */
  async serve(): Promise<void> {
    try {
      for await (const chunk of this.#socket as AsyncIterable<Buffer>)
        for (const message of this.#client.of(chunk)) if (!(await this.#take(message))) return
    } catch {
      // It has gone without a word.
    } finally {
      this.#socket.destroy()
      if (this.#started && !this.#idle) {
        // In the middle of messages without their Sync.
        await this.#turns.take(this)
        await this.#database.execProtocolRaw(sync).catch(() => undefined)
      }
      await this.#turns.leave(this)
    }
  }

  /** @returns whether it goes on */
  async #take(message: Buffer): Promise<boolean> {
    if (!this.#started) return this.#hello(message)
    const tag = String.fromCharCode(message[0]!)
    if (tag === tags.terminate) return false
    const runs = tag === tags.query || tag === tags.parse
    if (runs && takesRows.test(message.toString('utf8'))) message = withText(message, takesNone)
    if (tag === tags.parse) this.parsed.set(nameIn(message), message)
    if (tag === tags.query) this.parsed.delete('')
    if (tag === tags.close && message[5] === 0x53) this.parsed.delete(nameIn(message, 6))
    await this.#run(message)
    return true
  }

  async #hello(message: Buffer): Promise<boolean> {
    const code = message.readUInt32BE(4)
    if (code === CANCEL_REQUEST) return false // one process: nobody would read it
    if (code === SSL_REQUEST || code === GSSENC_REQUEST) return this.#socket.write('N') || true
    this.#gateway = message.includes('application_name\0hoop:gateway\0')
    this.#client.started()
    await this.#run(message)
    this.#started = true
    return true
  }

  async #run(message: Buffer): Promise<void> {
    await this.#turns.take(this)
    this.#told = false
    this.#idle = false
    await this.#database.execProtocolRawStream(message, {
      onRawData: (data) => {
        for (const answer of this.#server.of(data)) {
          if (answer[0] === 0x5a) this.#idle = answer[5] === 0x49 // ReadyForQuery: outside of a transaction
          this.#socket.write(answer)
        }
      },
    })
    if (this.#idle) this.#turns.rest()
    if (this.#socket.writableNeedDrain)
      await new Promise((resolve) => this.#socket.once('drain', resolve).once('close', resolve))
  }
}
