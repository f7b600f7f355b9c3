import { z } from 'zod'
import type { TokenAnswer, TokenError } from '../../../../lib/api/token.js'
import { named } from './registry.js'

/** By what a workload was recognized. */
export const workload = z.strictObject({ trust: z.string(), claims: z.record(z.string(), z.string()).readonly() })

named<TokenAnswer, z.ZodType<TokenAnswer>>(
  'Token',
  z.strictObject({
    access_token: z.string(),
    issued_token_type: z.string(),
    token_type: z.literal('DPoP'),
    expires_in: z.int().meta({ description: 'Seconds.' }),
  }),
)

named<TokenError, z.ZodType<TokenError>>(
  'TokenError',
  z.strictObject({
    error: z.enum([
      'invalid_request',
      'invalid_grant',
      'invalid_target',
      'unsupported_grant_type',
      'invalid_dpop_proof',
      'temporarily_unavailable',
    ]),
    error_description: z.string(),
    code: z.string(),
    message: z.string(),
    hint: z.string(),
    detail: z.string().exactOptional(),
  }),
)
