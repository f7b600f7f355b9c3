import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { query } from '../../../src/wire/frontend.js'
import { startupMessage } from '../../../src/wire/startup.js'
import type { Contender } from '../contenders.js'

/** Results without an end. Without FROM, the server makes one row after the other and stores none. */
export const results = {
  /** 8 KB twenty times a second: 32 MB/s of 200 sessions. */
  steady: "SELECT repeat('x', 8000), generate_series(1, 1000000000), pg_sleep(0.05)",
  /** As fast as the slowest on the way can: every buffer on it is full. */
  flatOut: "SELECT repeat('x', 200), generate_series(1, 1000000000)",
} as const
const whoAmI = "SELECT 'session=' || split_part(split_part(current_setting('application_name'), '/', 2), ' ', 1)"

/** How it ended: when, and with the error of a session that somebody ended or without a word. */
export interface Ending {
  readonly at: number
  readonly told: boolean
}

/** A client of hoop's that reads a result without end as fast as it comes, and keeps nothing of it. */
export class Endless {
  readonly #socket: Socket
  readonly session: string
  readonly ended: Promise<Ending>
  /** Of all that was read, the last bytes. */
  #tail = ''

  private constructor(socket: Socket, session: string) {
    this.#socket = socket
    this.session = session
    this.ended = new Promise((resolve) =>
      socket.once('close', () => resolve({ at: performance.now(), told: this.#tail.includes('C57P01') })),
    )
  }

  static async open({ port, user, database }: Contender): Promise<Endless> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    socket.on('error', () => socket.destroy())
    await once(socket, 'connect')
    socket.write(
      startupMessage([
        ['user', user],
        ['database', database],
      ]),
    )
    await answer(socket)
    socket.write(query(whoAmI))
    const [, session] = /session=(\w{16})/.exec(await answer(socket)) ?? []
    if (session === undefined) throw new Error('the session has no id')
    return new Endless(socket, session)
  }

  /** Asks for the result, and resolves with its first bytes. */
  async begin(text: string): Promise<void> {
    this.#socket.on(
      'data',
      (chunk) => (this.#tail = (this.#tail + chunk.toString('latin1', chunk.length - 512)).slice(-512)),
    )
    this.#socket.write(query(text))
    await once(this.#socket, 'data')
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** Everything up to ReadyForQuery. @throws {Error} with it, where the connection ends first */
const answer = async (socket: Socket): Promise<string> => {
  let text = ''
  const look = (chunk: Buffer): void => void (text += chunk.toString('latin1'))
  socket.on('data', look)
  while (!/Z\0\0\0\x05I$/.test(text)) {
    await Promise.race([once(socket, 'data'), once(socket, 'close')])
    if (socket.destroyed) throw new Error(`no session: ${text}`)
  }
  socket.off('data', look)
  return text
}
