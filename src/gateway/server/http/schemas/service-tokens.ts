import { z } from 'zod'
import type {
  CreateTokenRequest,
  RevokeTokenRequest,
  RotateTokenRequest,
  ServiceTokenInfo,
  ServiceTokenMade,
  ServiceTokenRevoked,
} from '../../../../lib/api/service-tokens.js'
import { isNetwork } from '../../../../policy/config/sections/gateway.js'
import { line, named, time } from './registry.js'

const actor = z.strictObject({ subject: z.string(), name: z.string() })
/** It stands in names of sessions behind its owner's, and in files and URLs. */
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/)
const connection = z.string().min(1).max(63)
/** RFC 7638, with SHA-256. */
const thumbprint = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
/** Milliseconds: ten years at most, whatever the configuration says. */
const length = z
  .int()
  .min(0)
  .max(10 * 366 * 86_400_000)

const killed = z
  .array(
    z.strictObject({
      id: z.string(),
      subject: z.string(),
      name: z.string(),
      connection: z.string(),
      owner: actor.exactOptional(),
      ended: z.boolean(),
    }),
  )
  .readonly()

export const serviceToken = named<ServiceTokenInfo, z.ZodType<ServiceTokenInfo>>(
  'ServiceToken',
  z.strictObject({
    id: z.string(),
    name: z.string(),
    owner: actor,
    connections: z.array(z.strictObject({ connection: z.string(), policy: z.string() })).readonly(),
    networks: z.array(z.string()).readonly(),
    boundTo: z.string().meta({ description: 'Thumbprint (RFC 7638) of its key.' }).exactOptional(),
    createdAt: time,
    createdBy: actor,
    expiresAt: time,
    rotatedAt: time.exactOptional(),
    oldSecretUntil: time.exactOptional(),
    lastUsed: z.strictObject({ at: time, from: z.string().exactOptional() }).exactOptional(),
    revoked: z.strictObject({ by: actor, reason: z.string(), at: time }).exactOptional(),
    marks: z
      .array(
        z.enum(['revoked', 'expired', 'expires-soon', 'unused', 'owner-revoked', 'owner-gone', 'access-lost'] as const),
      )
      .readonly(),
    live: z.int().nonnegative(),
  }),
)
named('ServiceTokens', z.strictObject({ tokens: z.array(serviceToken) }))

named<CreateTokenRequest, z.ZodType<CreateTokenRequest>>(
  'CreateTokenRequest',
  z.strictObject({
    name,
    connections: z
      .array(z.strictObject({ connection, policy: z.string().min(1).max(255).exactOptional() }))
      .min(1)
      .max(100)
      .readonly(),
    ttl: length.min(1000).meta({ description: 'Milliseconds.' }),
    networks: z.array(z.string().max(64)).max(100).readonly().exactOptional(),
    boundTo: thumbprint.meta({ description: 'Thumbprint (RFC 7638) of its key.' }).exactOptional(),
    owner: z.string().min(1).max(255).meta({ description: 'You, unless said. For admins.' }).exactOptional(),
  }),
)
named<RotateTokenRequest, z.ZodType<RotateTokenRequest>>(
  'RotateTokenRequest',
  z.strictObject({ overlap: length.max(7 * 86_400_000).meta({ description: 'Milliseconds, a week at most.' }) }),
)
named<RevokeTokenRequest, z.ZodType<RevokeTokenRequest>>(
  'RevokeTokenRequest',
  z.strictObject({ reason: line(500).regex(/\S/) }),
)
named<ServiceTokenMade, z.ZodType<ServiceTokenMade>>(
  'ServiceTokenMade',
  z.strictObject({
    secret: z.string().meta({ description: 'The token, for this once.' }),
    token: serviceToken,
    sessions: killed,
  }),
)
named<ServiceTokenRevoked, z.ZodType<ServiceTokenRevoked>>(
  'ServiceTokenRevoked',
  z.strictObject({ token: serviceToken, sessions: killed }),
)

/** Addresses and networks are checked by what reads them: a schema can't say what an address is. */
export const areNetworks = (networks: readonly string[]): boolean => networks.every(isNetwork)
