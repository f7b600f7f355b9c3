import type { Logger } from 'pino'
import type { Webhooks } from '../webhooks/webhooks.js'
import { amount } from './counts.js'
import type { Exhaustion } from './meter.js'
import type { PersonUsage } from './person-usage.js'

export interface AlertOptions {
  readonly webhooks: Pick<Webhooks, 'emit'>
  readonly log: Logger
}

/** Says that somebody has used up a budget: once for a statement, a session, or a person's hour or day. */
export const exhaustionAlert =
  (
    { webhooks, log }: AlertOptions,
    { person, owner, ...where }: { person: string; owner?: string; connection: string; session: string },
  ) =>
  ({ budget, per, unit, limit, used }: Exhaustion): void => {
    const { connection, session } = where
    const whose = owner === undefined ? {} : { owner }
    const name = per ? `${budget} budget per ${per}` : `${budget} budget`
    log.warn({ session, subject: person, ...whose, connection, budget, per, unit, limit, used }, 'budget used up')
    webhooks.emit({
      event: 'alert',
      text: `${owner === undefined ? person : `${person} of ${owner}`} has used up the ${name} of ${amount(limit, unit)} on ${connection}.`,
      fields: { person, ...whose, connection, session, budget: name, unit, limit, ...used },
    })
  }

const day = 86_400_000

/** Days that are looked back at, and on how many of them there must have been any use. */
const LOOK_BACK = 14
const LEAST_DAYS = 3
/** Rows that nobody is called unusual for, and by how many times the highest day must be passed. */
const HARMLESS = 1000
const TIMES = 4

/** Rows in one day from which on a person's use is unusual, by the days before on which there was any. */
export const unusualFrom = (rowsByDay: readonly number[]): number =>
  rowsByDay.length < LEAST_DAYS ? Infinity : Math.max(HARMLESS, TIMES * Math.max(...rowsByDay))

export interface UnusualOptions extends AlertOptions {
  /** Rows of a person by day, of the days in `[from, to)` with any. */
  readonly history: (subject: string, from: number, to: number) => Promise<readonly number[]>
}

/** Watches for days on which somebody gets far more than they ever do. Tells once a day and person; stops nobody. */
export const unusualEgress = ({ history, webhooks, log }: UnusualOptions): ((person: PersonUsage) => void) => {
  const limits = new Map<string, { readonly until: number; from: number }>()
  return (person) => {
    const until = person.ends('day')
    let limit = limits.get(person.subject)
    if (limit?.until !== until) {
      const fresh = { until, from: Infinity }
      limits.set(person.subject, (limit = fresh))
      history(person.subject, until - (LOOK_BACK + 1) * day, until - day).then(
        (days) => (fresh.from = unusualFrom(days)),
        (err: unknown) => log.error({ err }, 'the history of use was not read'),
      )
    }
    const { rows } = person.used('day')
    if (rows <= limit.from || !person.first('day', 'unusual')) return
    log.warn({ subject: person.subject, rows, usual: limit.from / TIMES }, 'unusual egress')
    webhooks.emit({
      event: 'alert',
      text: `${person.subject} has got ${amount(rows, 'rows')} today, far more than on any day before.`,
      fields: { person: person.subject, rows, unusual_from: limit.from },
    })
  }
}
