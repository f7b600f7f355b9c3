import { z } from 'zod'
import { duration } from './quantities.js'
import { secretSpec } from './secret.js'
import { issuer, workloads } from './workloads.js'

const hour = 3_600_000
const word = z.string().min(1)

const grant = z
  .strictObject({
    ttl: duration.prefault('10m'),
    max: duration.prefault('1h'),
  })
  .refine((times) => times.max <= hour, { path: ['max'], message: 'at most 1h' })
  .refine((times) => times.ttl <= times.max, { path: ['ttl'], message: 'no more than max' })
  .refine((times) => times.ttl >= 1000, { path: ['ttl'], message: 'at least 1s' })

/** Which identities are programs: services, CI jobs. `subjects` may have `*` for any characters. */
const programs = z.strictObject({
  groups: z.array(word).default([]),
  subjects: z.array(word.max(300)).default([]),
})

/** Service tokens: how long one may live, and how many a person may have. */
const tokens = z.strictObject({
  longest: duration.prefault('90d').refine((time) => time >= 60_000, 'at least 1m'),
  per_person: z.int().min(0).max(10_000).default(100),
})

/** The directory that provisions people and groups (RFC 7643, RFC 7644). */
const scim = z.strictObject({
  /** The secret that the directory sends, at least 32 characters. */
  token: secretSpec,
  /** What of a SCIM user is a person's subject at the issuer, or their e-mail address. */
  subject: z.enum(['externalId', 'userName', 'email']).default('externalId'),
  /** Whether groups come from the directory in place of the ID token. */
  groups: z.boolean().default(false),
})

/** People who sign in by a browser, to approve there. */
const web = z.strictObject({
  client_id: word,
  /** Of a confidential client; none of a public one. */
  client_secret: secretSpec.optional(),
  /** How long a sign-in lasts. */
  session: duration.prefault('1h').refine((time) => time >= 60_000 && time <= 12 * hour, 'from 1m to 12h'),
})

/** What of somebody's ends: their sessions and grants, or everything, until they are restored, as if an administrator had shut them out. */
const extent = z.enum(['sessions', 'everything']).default('sessions')

/** What ends with somebody whom the identity provider logs out, or whose login it refuses to refresh. */
const ends = z.strictObject({ logout: extent, refused_refresh: extent })

/** Who is asked about people, and which of their groups run this gateway. */
export const identitySection = z
  .strictObject({
    issuer,
    client_id: word,
    /** Audience of ID tokens; the client id where it is left out. */
    audience: word.optional(),
    scopes: z.array(word).default(['openid', 'profile', 'email', 'offline_access']),
    groups_claim: word.default('groups'),
    name_claim: word.optional(),
    admins: z.array(word).default([]),
    auditors: z.array(word).default([]),
    programs: programs.prefault({}),
    grant: grant.prefault({}),
    tokens: tokens.prefault({}),
    ends: ends.prefault({}),
    scim: scim.optional(),
    web: web.optional(),
    /** Programs that prove who they are by a token of their platform. */
    workloads,
  })
  .superRefine(({ issuer: people, client_id, audience = client_id, web: browsers, workloads: trusts }, context) => {
    for (const [name, trust] of Object.entries(trusts))
      if (trust.issuer === people && [client_id, audience, browsers?.client_id].includes(trust.audience ?? ''))
        context.addIssue({
          code: 'custom',
          path: ['workloads', name, 'audience'],
          message: 'another audience than people’s tokens have',
        })
  })

export type IdentityConfig = z.output<typeof identitySection>
