import { z } from 'zod'
import type { SessionCounters, SessionSummary } from '../../../../lib/api.js'
import { named, time } from './registry.js'

const count = z.int().nonnegative()

const counters: z.ZodType<SessionCounters> = z.strictObject({
  statements: count,
  refused: count,
  errors: count,
  rows: count,
  bytes: count.meta({ description: 'Bytes sent to the client.' }),
  masked: count,
  observed: count.exactOptional(),
  lastRefusal: z.string().exactOptional(),
})

/** Who did something. */
export const actor = z.strictObject({ subject: z.string(), name: z.string() })

export const session = named<SessionSummary, z.ZodType<SessionSummary>>(
  'Session',
  z.strictObject({
    id: z.string(),
    subject: z.string(),
    name: z.string(),
    owner: actor.meta({ description: 'Of a service token’s session: whose token it is.' }).exactOptional(),
    connection: z.string(),
    grantId: z.string(),
    clientApplication: z.string().exactOptional(),
    clientAddress: z.string().exactOptional(),
    startedAt: time,
    endedAt: time.exactOptional(),
    end: z.enum(['closed', 'aborted', 'killed', 'lapsed', 'failed']).exactOptional(),
    reason: z.string().exactOptional(),
    endedBy: actor.exactOptional(),
    counters,
    policyHash: z.string(),
    seenClear: z.boolean(),
    first: z
      .string()
      .meta({ description: 'In a list: the beginning of its first statement on a table, or else of its first.' })
      .exactOptional(),
    removed: z
      .strictObject({ how: z.enum(['retired', 'erased']), at: time })
      .meta({ description: 'Its recording is gone as it should be.' })
      .exactOptional(),
  }),
)

named('Sessions', z.strictObject({ sessions: z.array(session), cursor: z.string().exactOptional() }))
