import type { Socket } from 'node:net'
import { deadline } from '../../lib/deadline.js'
import { asHoopError, HoopError } from '../../lib/errors.js'
import { hoopError } from '../../wire/hoop-code.js'
import { checkPassword } from './local-password.js'
import { OpeningReader } from './opening.js'
import { peerUser } from './peer.js'
import type { Stream } from '../link/links.js'
import { splice } from '../link/splice.js'

/** What the port bears from clients that have not said yet what they want. */
export interface OpeningLimits {
  /** Milliseconds for a client to say it. */
  readonly time: number
  /** Clients that may be about to, at once. */
  readonly clients: number
}

export const usualOpening: OpeningLimits = { time: 30_000, clients: 200 }

/** How a client on this machine shows that it may use the port. */
export type LocalCheck =
  | { readonly kind: 'user'; readonly uid: number }
  | { readonly kind: 'password'; readonly password: string }
  /** A socket in a folder that only its owner can enter. */
  | { readonly kind: 'folder' }

/**
 * Opens a way to the gateway for one client.
 * @param first what the client has said: it is passed on
 * @throws {HoopError} what the client is then told
 */
export type OpenStream = (first: Buffer, signal: AbortSignal) => Promise<Stream>

/** What became of a client: nothing to say, or the error that it was told. */
export type Outcome = HoopError | undefined

/**
 * Serves one client that connected to the local port: lets it in, reads what it wants, opens its stream, then only moves
 * bytes. What goes wrong before that is told to the client as PostgreSQL's ErrorResponse. Never throws.
 * @param signal aborted when the port closes: the client is told
 * @param time milliseconds for the client to say what it wants
 * @param said it has
 */
export async function serveClient(
  client: Socket,
  check: LocalCheck,
  open: OpenStream,
  signal: AbortSignal,
  time = usualOpening.time,
  said: () => void = () => undefined,
): Promise<Outcome> {
  client.setNoDelay(true)
  // Until the bytes are spliced an error of the socket shows as the end of reading.
  client.on('error', () => undefined)
  const gone = new AbortController()
  client.once('close', () => gone.abort())
  const limited = deadline(time, AbortSignal.any([signal, gone.signal]))
  try {
    await checkUser(client, check)
    const opening = await readOpening(client, limited)
    if (!opening) return void client.destroy()
    let { rest } = opening
    if (check.kind === 'password' && opening.kind === 'startup')
      rest = await checkPassword(client, rest, check.password, () => nextChunk(client, limited))
    said()
    const first = rest.length > 0 ? Buffer.concat([opening.message, rest]) : opening.message
    const stream = await open(first, AbortSignal.any([signal, gone.signal]))
    // Who only cancels something else expects no answer.
    const lastWord = opening.kind === 'startup' ? hoopError(closing(), 'FATAL') : undefined
    return await splice(client, stream, { signal, lastWord })
  } catch (error) {
    if (gone.signal.aborted) return undefined
    const timedOut = limited.aborted && !signal.aborted
    const failure = signal.aborted
      ? closing()
      : timedOut && !(error instanceof HoopError)
        ? new HoopError('STARTUP_TIMEOUT')
        : asHoopError(error)
    turnAway(client, failure)
    return failure
  }
}

const closing = (): HoopError => new HoopError('PORT_CLOSED')

/** Tells a client why, and closes. What it is still sending is read and dropped: a reset would lose the answer. */
export function turnAway(client: Socket, failure: HoopError): void {
  client.on('error', () => undefined)
  client.end(hoopError(failure, 'FATAL'))
  client.resume()
  setTimeout(() => client.destroy(), 2_000).unref()
}

async function checkUser(client: Socket, check: LocalCheck): Promise<void> {
  if (check.kind !== 'user') return
  const uid = await peerUser(client)
  if (uid === check.uid) return
  if (uid === undefined)
    throw new HoopError('ACCESS_DENIED', 'whose connection this is could not be found out', {
      hint: 'Try again. Where it stays so, close other connections, or let hoop connect have more open files (ulimit -n).',
    })
  throw new HoopError('ACCESS_DENIED', 'this port belongs to another user of this machine', {
    hint: 'Run hoop connect yourself. Where a client must run as another user, use hoop connect --password.',
  })
}

/** The first message that wants something, or undefined where the client left or speaks another protocol. */
async function readOpening(
  client: Socket,
  signal: AbortSignal,
): Promise<{ kind: 'startup' | 'cancel'; message: Buffer; rest: Buffer } | undefined> {
  const reader = new OpeningReader()
  for (;;) {
    const chunk = await nextChunk(client, signal)
    if (chunk.length === 0) return undefined
    const opening = reader.push(chunk)
    if (opening.kind === 'startup' || opening.kind === 'cancel') return opening
    if (opening.kind === 'foreign') return undefined
    if (opening.kind === 'negotiate') client.write('N')
  }
}

/** The next bytes, and none beyond them: the socket stays paused between two calls. Empty at the end. */
function nextChunk(client: Socket, signal: AbortSignal): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const onData = (chunk: Buffer): void => {
    client.pause()
    resolve(chunk)
  }
  const onEnd = (): void => resolve(Buffer.alloc(0))
  const onAbort = (): void => reject(signal.reason as Error)
  if (client.readableEnded || client.destroyed) onEnd()
  if (signal.aborted) onAbort()
  client.on('data', onData).on('end', onEnd)
  signal.addEventListener('abort', onAbort)
  client.resume()
  return promise.finally(() => {
    client.off('data', onData).off('end', onEnd)
    signal.removeEventListener('abort', onAbort)
  })
}
