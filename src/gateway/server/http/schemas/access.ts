import { z } from 'zod'
import type { AccessRequest, AccessRevocation } from '../../../../lib/api/access.js'
import { line, named } from './registry.js'

const reason = line(500).regex(/\S/).meta({ description: 'Kept; approvers read it.' })

named<AccessRequest, z.ZodType<AccessRequest>>(
  'AccessRequest',
  z.strictObject({
    connection: z.string().min(1).max(63),
    policy: z.string().min(1).max(63).exactOptional(),
    for: z
      .int()
      .min(1000)
      .max(30 * 86_400_000)
      .meta({ description: 'Milliseconds, counted from the approval.' }),
    reason,
  }),
)
named<AccessRevocation, z.ZodType<AccessRevocation>>('AccessRevocation', z.strictObject({ reason }))
