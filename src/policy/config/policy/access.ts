import { z } from 'zod'
import { LONGEST_PATTERN, whyNotPattern } from '../../../masking/detectors/pattern.js'
import { duration } from '../sections/quantities.js'
import { entryLogin } from '../sections/entry-login.js'
import { approvers } from './approvers.js'
import { hours } from './hours.js'

const names = z.array(z.string().min(1)).min(1)

/** Read by RE2: a person's own text never costs more than its length. */
const pattern = z
  .string()
  .min(1)
  .max(LONGEST_PATTERN)
  .superRefine((text, context) => {
    const expected = whyNotPattern(text)
    if (expected !== undefined) context.addIssue({ code: 'custom', message: expected })
  })

const month = 30 * 86_400_000

/** Who may let somebody in for a while, and for how long at most. */
const request = z.strictObject({
  approvers,
  longest: duration.refine((ms) => ms >= 60_000 && ms <= month, 'a duration between 1m and 30d').default(8 * 3_600_000),
  /** What has to stand in the reason. */
  ticket: pattern.optional(),
})

/** A moment, with its zone: a date alone would mean another one on each machine. */
const moment = z.iso
  .datetime({ offset: true, error: 'a moment with its zone such as 2026-12-31T18:00:00+01:00' })
  .transform((text) => Date.parse(text))

/** Who gets which policy: always, while it lasts, in some hours of the week, or once it was approved. */
export const accessEntry = z
  .strictObject({
    groups: names.optional(),
    people: names.optional(),
    /** Names of `identity.workloads`. */
    workloads: names.optional(),
    policy: z.string().min(1),
    /** As whom its people are logged in to the database, where it isn't as everybody else. */
    login: entryLogin.optional(),
    request: request.optional(),
    until: moment.optional(),
    hours: hours.optional(),
    /** `required`, or what has to stand in it. */
    reason: z.union([z.literal('required'), pattern]).optional(),
  })
  .refine(
    ({ groups, people, workloads }) => (groups ?? people ?? workloads) !== undefined,
    'groups, people or workloads',
  )
