import type { Logger } from 'pino'
import type { Quarantine } from '../../quarantine/quarantine.js'

export interface Readiness {
  /** The same as `grants`: what `/readyz` is asked for unless it is told otherwise. */
  readonly ready: boolean
  /** Who has no grant yet can get one, and what `grants` says. */
  readonly logins: boolean
  /** Who holds a grant can open sessions. An identity provider that is down stands in nobody's way here. */
  readonly grants: boolean
  /** What failed, but not why: that is in the log, and strangers may ask. */
  readonly parts: Readonly<Record<string, 'ok' | 'failed' | 'draining'>>
  /** How many connections can't be used: their names may be private. The gateway serves the others. */
  readonly quarantined: number
  /** How many secrets could not be read anew: the last good values are used until their lifetime is over. */
  readonly stale_secrets: number
}

/** Milliseconds for all checks together, and for which their result holds, so that asking often costs nothing. */
const patience = 3_000
const holds = 1_000

const late = async (): Promise<never> => {
  await new Promise((later) => setTimeout(later, patience).unref())
  throw new Error(`no answer within ${patience} ms`)
}

/** Parts that only those need who log in anew. */
const forLogins: ReadonlySet<string> = new Set(['identity'])

/** One part of readiness. Throws, or never returns, where it isn't ready. */
type Check = () => Promise<unknown>

export interface ReadinessOptions {
  readonly checks: Readonly<Record<string, Check>>
  /** The gateway was told to stop: no new sessions. */
  readonly draining: () => boolean
  readonly log: Logger
  readonly quarantine: Pick<Quarantine, 'all'>
  readonly staleSecrets: () => number
}

/** Runs the checks, at most once a second. */
export const readiness = ({
  checks,
  draining,
  log,
  quarantine,
  staleSecrets,
}: ReadinessOptions): (() => Promise<Readiness>) => {
  let last: Promise<Readiness['parts']> | undefined
  let asked = -Infinity

  const run = async (): Promise<Readiness['parts']> => {
    const parts = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        try {
          await Promise.race([check(), late()])
          return [name, 'ok'] as const
        } catch (error) {
          log.warn({ err: error, part: name }, 'not ready')
          return [name, 'failed'] as const
        }
      }),
    )
    return Object.fromEntries(parts)
  }

  return async (): Promise<Readiness> => {
    if (!last || performance.now() - asked > holds) {
      asked = performance.now()
      last = run()
    }
    const found = await last
    const parts: Readiness['parts'] = draining() ? { ...found, gateway: 'draining' } : found
    const states = Object.entries(parts)
    const grants = states.every(([name, state]) => state === 'ok' || forLogins.has(name))
    const logins = states.every(([, state]) => state === 'ok')
    return { ready: grants, logins, grants, parts, quarantined: quarantine.all.length, stale_secrets: staleSecrets() }
  }
}
