import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { HoopError } from '../../lib/errors.js'
import { hoopError } from '../../wire/hoop-code.js'
import { breakOff } from '../api/reach/dial.js'
import { Boundary } from './boundary.js'
import type { Stream } from './links.js'

/** Milliseconds that a client has for reading the last words of a stream that ended, while what it sends is dropped. */
const linger = 2_000

/** How a joined pair ends from here. */
export interface Ending {
  readonly signal: AbortSignal
  /** What the client is told then, as an ErrorResponse. */
  readonly lastWord: Buffer | undefined
}

/**
 * Joins a client and its stream: every chunk goes on as it came, a side that can't take more makes the other stop
 * reading, a side that finished sending lets the other still answer. Resolves when both are closed.
 * @returns what the client was told where the network broke under it
 */
export async function splice(
  client: Socket,
  stream: Stream,
  { signal, lastWord }: Ending,
): Promise<HoopError | undefined> {
  const said = new Boundary()
  forward(client, stream)
  forward(stream, client, said)
  /** In the middle of a message nothing can be said. */
  const leave = (): unknown => {
    const last = signal.aborted ? lastWord : lastWord && lost() && hoopError(lost()!, 'FATAL')
    return last && said.reached && client.writable ? client.end(last) : client.end()
  }
  const lost = (): HoopError | undefined => (stream.errored instanceof HoopError ? stream.errored : undefined)
  const end = (): void => {
    stream.removeAllListeners('data')
    breakOff(stream)
    leave()
  }
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  // A client that broke off: the gateway must see it at once, for it then cancels what runs.
  client.on('error', () => breakOff(stream))
  client.on('close', () => stream.destroySoon())
  // Closing while bytes of the client wait unread would reset the connection, and the server's last error with it.
  stream.on('error', () => undefined)
  stream.on('close', () => {
    leave()
    client.resume()
    setTimeout(() => client.destroy(), linger).unref()
  })
  client.resume()
  stream.resume()
  await Promise.all([closed(client), closed(stream)])
  signal.removeEventListener('abort', end)
  return lost()
}

/** A full TLS record's worth of bytes: others of the same read follow at once. */
const fullRecord = 16_384

/**
 * Plain listeners: `pipe` and `pipeline` do the same with several more calls for each chunk. Full records are gathered
 * and written together, which spares a system call each where much data flows; whatever is shorter goes on at once.
 */
function forward(from: Duplex, to: Duplex, said?: Boundary): void {
  let corked = false
  const uncork = (): void => {
    if (!corked) return
    corked = false
    to.uncork()
  }
  from.on('data', (chunk: Buffer) => {
    const full = chunk.length === fullRecord
    if (full && !corked) {
      corked = true
      to.cork()
      setImmediate(uncork)
    }
    said?.take(chunk)
    const room = to.write(chunk)
    if (!full) uncork()
    if (!room) from.pause()
  })
  to.on('drain', () => from.resume())
  from.on('end', () => to.end())
}

const closed = (socket: Duplex): Promise<void> =>
  socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', () => resolve()))
