import { setTimeout as after } from 'node:timers/promises'
import type { Logger } from 'pino'
import { HoopError } from '../../../lib/errors.js'
import type { SessionRegistry } from '../../session/registry.js'

/** What a session hears that outlives the drain: 57P01, as PostgreSQL says it when it is shut down. */
const shutdown = (): HoopError =>
  new HoopError('SESSION_KILLED', 'the gateway is shutting down', { hint: 'Connect again in a moment.' })

/**
 * Lets live sessions go on for a while, then ends them.
 * @param ms at most
 * @param hurry cuts the wait short
 */
export const drain = async (registry: SessionRegistry, ms: number, hurry: AbortSignal, log: Logger): Promise<void> => {
  registry.drain()
  if (registry.size > 0) {
    log.info({ sessions: registry.size, ms }, 'draining: live sessions may go on, nothing new begins')
    const done = new AbortController()
    const signal = AbortSignal.any([hurry, done.signal])
    const time = after(Math.max(0, ms), undefined, { signal }).catch(() => undefined)
    await Promise.race([registry.idle(), time])
    done.abort()
  }
  if (registry.size > 0) log.warn({ sessions: registry.size }, 'ending the sessions that are left')
  await registry.endAll(shutdown())
}
