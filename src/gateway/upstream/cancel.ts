import limit, { type LimitFunction } from 'p-limit'
import { deadline } from '../../lib/deadline.js'
import { cancelRequest } from '../../wire/startup.js'
import type { UpstreamTarget } from './target.js'
import { openUpstream } from './tls.js'

export interface CancelKey {
  readonly pid: number
  readonly secret: Buffer
}

/**
 * CancelRequests that are on their way to one server at once; others wait. Each is a connection with a handshake of its
 * own, and two hundred of them at the same time would hold up everything else.
 */
const AT_ONCE = 8

/** By server: one that doesn't answer holds up its own only. */
const lines = new WeakMap<UpstreamTarget, LimitFunction>()

/**
 * Sends a CancelRequest over a connection of its own and waits until the server closes it: from then on the signal has
 * been sent. A server that can't be reached has nothing to cancel; that is not an error.
 * @see PostgreSQL documentation, "Canceling Requests in Progress"
 */
export const cancelUpstream = async (target: UpstreamTarget, key: CancelKey, signal?: AbortSignal): Promise<void> => {
  const line = lines.get(target) ?? limit(AT_ONCE)
  lines.set(target, line)
  await line(() => send(target, key, signal))
}

const send = async (target: UpstreamTarget, key: CancelKey, signal?: AbortSignal): Promise<void> => {
  const within = deadline(target.connectTimeout, signal)
  const socket = await openUpstream(target, within).catch(() => undefined)
  if (!socket) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      within.removeEventListener('abort', done)
      socket.destroy()
      resolve()
    }
    within.addEventListener('abort', done, { once: true })
    socket.on('error', done).on('close', done).on('end', done).resume()
    socket.write(cancelRequest(key.pid, key.secret))
  })
}
