import { z } from 'zod'
import type {
  ApiError,
  BudgetUse,
  ConnectionInfo,
  ConnectionUse,
  GatewayInfo,
  GrantAnswer,
  GrantRequest,
  KillAnswer,
  KillManyRequest,
  KillRequest,
  Me,
  PersonSeen,
  QuarantinedConnection,
  RestoreRequest,
  RevocationInfo,
  RevokeAnswer,
  RevokeRequest,
} from '../../../../lib/api.js'
import './access.js'
import './acts.js'
import './approvals.js'
import './erasures.js'
import './holds.js'
import './service-tokens.js'
import './statements.js'
import { ended, namePersonDetail } from './people.js'
import { line, named, registry, time } from './registry.js'
import { actor, session } from './sessions.js'
import { workload } from './tokens.js'

const count = z.int().nonnegative()
const texts = z.array(z.string()).readonly()

named<ApiError, z.ZodType<ApiError>>(
  'Error',
  z.strictObject({ code: z.string(), message: z.string(), hint: z.string(), detail: z.string().exactOptional() }),
)

named<GatewayInfo, z.ZodType<GatewayInfo>>(
  'Gateway',
  z.strictObject({
    version: z.string(),
    tunnel: z.literal('hoop-pg/1'),
    issuer: z.string(),
    clientId: z.string(),
    scopes: texts,
    time,
  }),
)

named<Me, z.ZodType<Me>>(
  'Me',
  z.strictObject({
    subject: z.string(),
    name: z.string(),
    email: z.string().exactOptional(),
    groups: texts,
    roles: z.array(z.enum(['admin', 'auditor'])).readonly(),
    token: z
      .strictObject({ owner: z.strictObject({ subject: z.string(), name: z.string() }), expiresAt: time })
      .meta({ description: 'Of a service token.' })
      .exactOptional(),
    workload: workload.exactOptional(),
  }),
)

const unavailable = z
  .array(z.strictObject({ database: z.string(), code: z.string(), reason: z.string() }))
  .readonly()
  .meta({ description: 'Why sessions are refused for now, by database; absent where they are not.' })

const connection = named<ConnectionInfo, z.ZodType<ConnectionInfo>>(
  'Connection',
  z.strictObject({
    name: z.string(),
    description: z.string().exactOptional(),
    policy: z.string(),
    database: z.string().meta({ description: 'The database that a defaulted name means.' }),
    databases: texts,
    masks: texts.meta({ description: 'One line each, for people.' }),
    rules: texts.meta({ description: 'One line each, for people.' }),
    clear: z.boolean().meta({ description: 'Whether this person sees masked columns in the clear.' }),
    unavailable: unavailable.exactOptional(),
  }),
)

named('Connections', z.strictObject({ connections: z.array(connection) }))

const quarantined: z.ZodType<QuarantinedConnection> = z.strictObject({
  connection: z.string(),
  since: time,
  troubles: z
    .array(
      z.strictObject({
        database: z.string(),
        policy: z.string().meta({ description: 'Only who gets this policy is refused.' }).exactOptional(),
        login: z
          .string()
          .meta({ description: 'Only who logs in as this user by an entry is refused.' })
          .exactOptional(),
        code: z.string(),
        message: z.string(),
        hint: z.string(),
      }),
    )
    .readonly(),
})
named('Quarantine', z.strictObject({ connections: z.array(quarantined) }))

named<GrantRequest, z.ZodType<GrantRequest>>(
  'GrantRequest',
  z.strictObject({
    connection: z.string().min(1).max(63),
    reason: line(1000).exactOptional(),
    breakGlass: z.boolean().exactOptional(),
    renews: z
      .string()
      .max(24 * 1024)
      .meta({ description: 'The grant that this one continues, as it was issued; its sessions go on.' })
      .exactOptional(),
  }),
)

named<GrantAnswer, z.ZodType<GrantAnswer>>(
  'Grant',
  z.strictObject({ grant: z.string(), id: z.string(), expiresAt: time, connection, subject: z.string() }),
)

const use: z.ZodType<BudgetUse> = z.strictObject({
  budget: z.enum(['statement', 'session', 'identity', 'questions']),
  per: z.enum(['hour', 'day']).exactOptional(),
  until: time.exactOptional(),
  session: z.string().exactOptional(),
  unit: z.enum(['rows', 'bytes', 'vectors', 'queries', 'neighbors', 'guesses']),
  limit: count,
  used: count,
  left: count,
})
const connectionUse: z.ZodType<ConnectionUse> = z.strictObject({
  connection: z.string(),
  policy: z.string(),
  budgets: z.array(use).readonly(),
  unavailable: unavailable.exactOptional(),
})
named('Usage', z.strictObject({ connections: z.array(connectionUse) }))

/** Told to clients and kept. */
const reason = line(500).regex(/\S/)
const word = z.string().min(1).max(255)

named<KillRequest, z.ZodType<KillRequest>>('KillRequest', z.strictObject({ reason }))
named<KillManyRequest, z.ZodType<KillManyRequest>>(
  'KillManyRequest',
  z.strictObject({
    reason,
    person: word.meta({ description: 'Subject, or name in any case.' }).exactOptional(),
    connection: word.exactOptional(),
    grant: word.meta({ description: 'Id of a grant: its whole chain is revoked.' }).exactOptional(),
    refused: z
      .literal(true)
      .meta({ description: 'With a grant of one’s own: the identity provider refused to refresh the login.' })
      .exactOptional(),
    all: z.boolean().meta({ description: 'Where nothing else is given.' }).exactOptional(),
  }),
)

const killed = z
  .array(
    z.strictObject({
      id: z.string(),
      subject: z.string(),
      name: z.string(),
      connection: z.string(),
      owner: actor.exactOptional(),
      ended: z.boolean().meta({ description: 'False where it was still closing.' }),
    }),
  )
  .readonly()
named<KillAnswer, z.ZodType<KillAnswer>>('Killed', z.strictObject({ sessions: killed }))

const revocation: z.ZodType<RevocationInfo> = z.strictObject({
  by: actor,
  reason: z.string(),
  at: time,
  until: time.exactOptional(),
})
const personSeen = z.strictObject({
  subject: z.string(),
  name: z.string(),
  email: z.string().exactOptional(),
  firstSeen: time,
  lastSeen: time,
  lastSession: time.exactOptional(),
  sessions: count,
  live: count,
  revoked: revocation.exactOptional(),
}) satisfies z.ZodType<PersonSeen>
namePersonDetail(personSeen, session)
named('People', z.strictObject({ people: z.array(personSeen) }))
named<RevokeRequest, z.ZodType<RevokeRequest>>(
  'RevokeRequest',
  z.strictObject({ person: word, reason, until: time.exactOptional(), unseen: z.boolean().exactOptional() }),
)
named<RevokeAnswer, z.ZodType<RevokeAnswer>>(
  'Revoked',
  z.strictObject({ subject: z.string(), name: z.string(), revoked: revocation, sessions: killed, ended }),
)
named<RestoreRequest, z.ZodType<RestoreRequest>>('RestoreRequest', z.strictObject({ person: word }))
named('Restored', z.strictObject({ subject: z.string(), name: z.string() }))

named('Health', z.strictObject({ live: z.literal(true) }))
named(
  'Readiness',
  z.strictObject({
    ready: z.boolean().meta({ description: 'The same as grants.' }),
    logins: z.boolean().meta({ description: 'Who has no grant yet can get one.' }),
    grants: z.boolean().meta({ description: 'Who holds a grant can open sessions.' }),
    parts: z.record(z.string(), z.enum(['ok', 'failed', 'draining'])),
    quarantined: count.meta({ description: 'Connections that can’t be used; which ones, /v1/quarantine tells.' }),
    stale_secrets: count.meta({
      description: 'Secrets that could not be read anew; the values before are used while they last.',
    }),
  }),
)

let made: readonly Record<string, unknown>[] | undefined

/** Fastify takes draft 7; `$id` is what `{ $ref: 'Session#' }` in a route names. Made once for all that a process serves. */
export const schemas = (): readonly Record<string, unknown>[] => (made ??= make())

const make = (): Record<string, unknown>[] => {
  const { schemas: all } = z.toJSONSchema(registry, { target: 'draft-07', uri: (id) => `${id}#` })
  return Object.entries(all).map(([id, { $schema: _, ...schema }]) => ({ ...schema, $id: id }))
}
