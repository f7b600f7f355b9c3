import { once } from 'node:events'
import { lstat, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { HoopError } from '../../lib/errors.js'
import {
  type LocalCheck,
  type OpeningLimits,
  type OpenStream,
  type Outcome,
  serveClient,
  turnAway,
  usualOpening,
} from './accept.js'
import { privateFolder } from '../files/private-file.js'

/** Where clients connect to. */
export type LocalAddress =
  | { readonly kind: 'tcp'; readonly host: '127.0.0.1'; readonly port: number }
  /** `psql -h FOLDER -p PORT` finds the socket by PostgreSQL's own name for it. */
  | { readonly kind: 'socket'; readonly folder: string; readonly port: number }

export interface ListenerEvents {
  opened(): void
  closed(outcome: Outcome): void
}

/** Milliseconds that clients have to take what they are told at the end. */
const FAREWELL = 500

/** The longest path of a Unix socket, bytes: sun_path less its NUL (macOS has 104, Linux 108). */
const longestPath = 103

/** A port, or a socket, of this machine that leads to one connection. */
export class Listener implements AsyncDisposable {
  readonly address: LocalAddress
  readonly #server: Server
  readonly #clients: Set<Socket>
  readonly #closing: AbortController

  private constructor(address: LocalAddress, server: Server, clients: Set<Socket>, closing: AbortController) {
    this.address = address
    this.#server = server
    this.#clients = clients
    this.#closing = closing
  }

  /** @throws {HoopError} PORT_IN_USE, FILE_EXISTS */
  static async open(
    wanted: LocalAddress,
    check: LocalCheck,
    stream: OpenStream,
    events: ListenerEvents,
    signal: AbortSignal,
    limits: OpeningLimits = usualOpening,
  ): Promise<Listener> {
    const clients = new Set<Socket>()
    const closing = new AbortController()
    const closes = AbortSignal.any([signal, closing.signal])
    const opening = new Set<Socket>()
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) => {
      if (opening.size >= limits.clients) return turnAway(client, tooMany(limits))
      clients.add(client)
      opening.add(client)
      events.opened()
      const said = (): unknown => opening.delete(client)
      void serveClient(client, check, stream, closes, limits.time, said).then((outcome) => {
        opening.delete(client)
        clients.delete(client)
        events.closed(outcome)
      })
    })
    if (wanted.kind === 'socket') await freeSocket(wanted.folder, socketPath(wanted.folder, wanted.port))
    server.listen(
      wanted.kind === 'tcp' ? { host: wanted.host, port: wanted.port } : socketPath(wanted.folder, wanted.port),
    )
    await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
      const name = wanted.kind === 'tcp' ? String(wanted.port) : socketPath(wanted.folder, wanted.port)
      if (error.code === 'EADDRINUSE') throw new HoopError('PORT_IN_USE', name, { cause: error })
      if (error.code === 'EACCES') throw new HoopError('PORT_IN_USE', `${name} needs more rights`, { cause: error })
      throw error
    })
    const bound = server.address()
    const address = bound && typeof bound === 'object' ? { ...wanted, port: bound.port } : wanted
    return new Listener(address, server, clients, closing)
  }

  /** Takes no new clients, and tells those that are there. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.#closing.abort()
    const gone = [...this.#clients].map((client) => once(client, 'close'))
    await Promise.race([Promise.allSettled(gone), delay(FAREWELL, undefined, { ref: false })])
    for (const client of this.#clients) client.destroy()
    if (this.#server.listening) await once(this.#server, 'close')
  }
}

const tooMany = ({ clients }: OpeningLimits): HoopError =>
  new HoopError('SESSIONS_LIMIT', `${clients} clients of this port have connected and not said what they want`, {
    hint: 'Look for a program that connects here and sends nothing.',
  })

const socketPath = (folder: string, port: number): string => join(folder, `.s.PGSQL.${port}`)

/** Makes the folder, and takes away a socket that a killed process left. */
async function freeSocket(folder: string, path: string): Promise<void> {
  if (Buffer.byteLength(path) > longestPath)
    throw new HoopError('FILE_EXISTS', `${path} is too long for a socket`, {
      hint: 'Set XDG_RUNTIME_DIR or HOOP_HOME to a shorter folder.',
    })
  await privateFolder(folder)
  if (!(await lstat(path).catch(() => undefined))) return
  const asking = connect(path)
  const live = await once(asking, 'connect').then(
    () => true,
    () => false,
  )
  asking.destroy()
  if (live) throw new HoopError('PORT_IN_USE', path)
  await rm(path, { force: true })
}
