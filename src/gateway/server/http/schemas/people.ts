import { z } from 'zod'
import { type Ended, holdings } from '../../../../lib/api/holdings.js'
import type { LiveGrant, PersonDetail, Reach } from '../../../../lib/api/people.js'
import { act } from './acts.js'
import { approval, standing } from './approvals.js'
import { named, time } from './registry.js'
import { serviceToken } from './service-tokens.js'

const text = z.string()
const count = z.int().nonnegative()

export const ended = z
  .strictObject({
    sessions: count,
    ...(Object.fromEntries(Object.keys(holdings).map((name) => [name, count])) as Record<
      keyof typeof holdings,
      typeof count
    >),
  })
  .meta({ description: 'How many of each were ended.' }) satisfies z.ZodType<Ended>

const reach: z.ZodType<Reach> = z.strictObject({
  connection: text,
  policy: text,
  clear: z.boolean(),
  breakGlass: z.boolean(),
  entry: z.int().meta({ description: 'Of the connection’s access, counted from 1.' }),
  group: text.exactOptional(),
  person: text.exactOptional(),
  access: text.meta({ description: 'Of an access for a while.' }).exactOptional(),
  until: time.exactOptional(),
  since: time.meta({ description: 'As far back as is known.' }).exactOptional(),
})

const grant: z.ZodType<LiveGrant> = z.strictObject({ id: text, connection: text, issuedAt: time, expiresAt: time })

/** Made from the shape of a person in a list, which is written where lists are. */
export const namePersonDetail = <S extends z.ZodRawShape, T extends z.ZodType>(
  seen: z.ZodObject<S>,
  session: T,
): void => {
  named<PersonDetail, z.ZodType<PersonDetail>>(
    'Person',
    seen.extend({
      groups: z.array(text).readonly().exactOptional(),
      groupsAt: time.exactOptional(),
      roles: z.array(z.enum(['admin', 'auditor'])).readonly(),
      reaches: z.array(reach).readonly(),
      liveSessions: z.array(session).readonly(),
      lastSessions: z.array(session).readonly(),
      grants: z.array(grant).readonly(),
      tokens: z.array(serviceToken).readonly(),
      standing: z.array(standing).readonly(),
      requests: z.array(approval).readonly(),
      acts: z.array(act).readonly(),
    }) as unknown as z.ZodType<PersonDetail>,
  )
}
