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

/** How long a session may stay idle, and last in all. The nearest that says something holds: policy, connection, gateway. */
export const sessionTimes = { idle: durationOrOff.optional(), longest: durationOrOff.optional() }
