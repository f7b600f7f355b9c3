import { deadline } from '../lib/deadline.js'
import { cancelRequest } from '../wire/startup.js'
import type { UpstreamTarget } from './services.js'
import { openUpstream } from './upstream-tls.js'

/**
 * Sends a CancelRequest over a connection of its own and waits until the server closes it: from then on the signal has
 * been sent. A server that can't be reached has nothing to cancel; that is not an error.
 * @see PostgreSQL documentation, "Canceling Requests in Progress"
 */
export const cancelUpstream = async (
  target: UpstreamTarget,
  key: { readonly pid: number; readonly secret: Buffer },
  signal?: AbortSignal,
): Promise<void> => {
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
