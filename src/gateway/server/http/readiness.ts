import type { HttpDeps } from './deps.js'

export interface Readiness {
  readonly ready: boolean
  /** What failed, but not why: that is in the log, and strangers may ask. */
  readonly parts: Readonly<Record<string, 'ok' | 'failed' | 'draining'>>
  /** How many connections can't be used: their names may be private. The gateway serves the others. */
  readonly quarantined: number
}

/** Milliseconds for all checks together, and for which their result holds, so that asking often costs nothing. */
const patience = 3_000
const holds = 1_000

const late = async (): Promise<never> => {
  await new Promise((later) => setTimeout(later, patience).unref())
  throw new Error(`no answer within ${patience} ms`)
}

type ReadinessDeps = Pick<HttpDeps, 'checks' | 'draining' | 'log' | 'quarantine'>

/** Runs the checks, at most once a second. */
export const readiness = ({ checks, draining, log, quarantine }: ReadinessDeps) => {
  let last: Promise<Omit<Readiness, 'quarantined'>> | undefined
  let asked = -Infinity

  const run = async (): Promise<Omit<Readiness, 'quarantined'>> => {
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
    return { ready: parts.every(([, state]) => state === 'ok'), parts: Object.fromEntries(parts) }
  }

  return async (): Promise<Readiness> => {
    if (!last || performance.now() - asked > holds) {
      asked = performance.now()
      last = run()
    }
    const { ready, parts } = await last
    const quarantined = quarantine.all.length
    return draining()
      ? { ready: false, parts: { ...parts, gateway: 'draining' }, quarantined }
      : { ready, parts, quarantined }
  }
}
