import { z } from 'zod'

const units: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 }

/** So many in so many milliseconds; all of them may come at once. */
export interface Rate {
  readonly count: number
  readonly per: number
}

/** `10/s`, `600/m`, `1000/h`; undefined where it is no rate. */
const parseRate = (text: string): Rate | undefined => {
  const [, digits, unit] = /^(\d{1,7}) ?\/ ?([smh])$/.exec(text) ?? []
  const per = unit === undefined ? undefined : units[unit]
  return digits === undefined || per === undefined || Number(digits) === 0 ? undefined : { count: Number(digits), per }
}

/** A rate as people write it, or `off`, which is null after parsing. */
const rate = z.string().transform((text, context): Rate | null => {
  if (text === 'off') return null
  const parsed = parseRate(text)
  if (parsed) return parsed
  context.addIssue({ code: 'custom', message: 'a rate such as 10/s, 600/m or 1000/h, or off', input: text })
  return z.NEVER
})

const both = (address: string, person: string) =>
  z.strictObject({ per_address: rate.prefault(address), per_person: rate.prefault(person) }).prefault({})

/** How often somebody may ask, by where the request comes from and by who has proved to send it. */
export const rates = z.strictObject({
  /** Per address: `GET /v1/gateway`, with which logins begin, and what was refused with 401. Per person: every request. */
  login: both('600/m', '1200/m'),
  /** `POST /v1/grants`, renewals too. */
  grants: both('1200/m', '300/m'),
  /** Streams: one for each PostgreSQL connection. */
  tunnels: both('6000/m', '1200/m'),
})

export type RatesConfig = z.output<typeof rates>
