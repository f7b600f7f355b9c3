import { z } from 'zod'
import { parseDuration } from './quantities.js'

const expected = 'a duration of a second or more such as 30m or 8h, or off'

/** A duration, or `off`, which is null after parsing. */
export const durationOrOff = z.string().transform((text, context): number | null => {
  if (text === 'off') return null
  const parsed = parseDuration(text)
  if (parsed !== undefined && parsed >= 1000) return parsed
  context.addIssue({ code: 'custom', message: expected, input: text })
  return z.NEVER
})

/** The longest that a database may have to hold locks for somebody who is away, milliseconds. */
const longestResume = 600_000

/** A duration, or 0 for none. */
export const resumeTime = z.union([z.literal(0), z.string()]).transform((value, context): number => {
  const parsed = value === 0 || value === '0' ? 0 : parseDuration(value)
  if (parsed !== undefined && parsed <= longestResume) return parsed
  context.addIssue({ code: 'custom', message: 'a duration of up to 10m such as 60s, or 0', input: value })
  return z.NEVER
})

/** How long a session may stay idle, and last in all. The nearest that says something holds: policy, connection, gateway. */
export const sessionTimes = { idle: durationOrOff.optional(), longest: durationOrOff.optional() }
