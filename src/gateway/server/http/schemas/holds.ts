import { z } from 'zod'
import type { Hold, HoldRequest, ReleaseHoldRequest } from '../../../../lib/api/holds.js'
import { line, named, time } from './registry.js'

const text = z.string()
const actor = z.strictObject({ subject: text, name: text })
const reason = line(500).regex(/\S/)
const word = z.string().min(1).max(255)

const hold = named<Hold, z.ZodType<Hold>>(
  'Hold',
  z.strictObject({
    id: text,
    by: actor,
    reason: text,
    placedAt: time,
    person: actor.exactOptional(),
    session: text.exactOptional(),
    since: time.exactOptional(),
    until: time.exactOptional(),
    released: z.strictObject({ by: actor, reason: text, at: time }).exactOptional(),
    sessions: z.int().nonnegative().meta({ description: 'That it covers by now.' }),
  }),
)
named('Holds', z.strictObject({ holds: z.array(hold) }))
named<HoldRequest, z.ZodType<HoldRequest>>(
  'HoldRequest',
  z
    .strictObject({
      reason,
      person: word.meta({ description: 'Subject, or name of one person in any case.' }).exactOptional(),
      session: word.meta({ description: 'The id, or a beginning that no other has.' }).exactOptional(),
      since: time.meta({ description: 'Sessions that went on then or later.' }).exactOptional(),
      until: time.meta({ description: 'Sessions that began before.' }).exactOptional(),
    })
    .meta({ description: 'What is given has to hold together.' }),
)
named<ReleaseHoldRequest, z.ZodType<ReleaseHoldRequest>>('ReleaseHoldRequest', z.strictObject({ reason }))
