import { z } from 'zod'
import { parseDuration, parseSize } from './quantities.js'

/** A slip of the pen must not remove what was recorded today. Milliseconds. */
const shortest = 86_400_000

const orOff = (parse: (text: string) => number | undefined, least: number, expected: string) =>
  z.string().transform((text, context): number | null => {
    if (text === 'off') return null
    const parsed = parse(text)
    if (parsed !== undefined && parsed >= least) return parsed
    context.addIssue({ code: 'custom', message: expected, input: text })
    return z.NEVER
  })

/** Which recordings of ended sessions go by themselves, oldest first. What is on hold stays. */
export const retention = z.strictObject({
  /** Since a session ended. */
  age: orOff(parseDuration, shortest, 'a duration of a day or more such as 90d, or off').prefault('off'),
  /** Of all recordings together: as much as is more goes. */
  size: orOff(parseSize, 1_000_000, 'a size of a megabyte or more such as 200GB, or off').prefault('off'),
})

/** Null: off. */
export type RetentionLimits = z.output<typeof retention>
