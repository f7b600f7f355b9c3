import { z } from 'zod'
import type {
  Approval,
  ApprovalDecision,
  ApprovalVote,
  StandingApproval,
  StandingApprovalRequest,
  StatementMeaning,
} from '../../../../lib/api/approvals.js'
import type { Parameter } from '../../../../lib/api/parameter.js'
import { line, named, time } from './registry.js'

const text = z.string()

const parameter: z.ZodType<Parameter> = z.union([
  text,
  z.null(),
  z.strictObject({ hex: text }),
  z.strictObject({ cut: text, bytes: z.int() }),
])

const vote: z.ZodType<ApprovalVote> = z.strictObject({
  subject: text,
  name: text,
  vote: z.enum(['approve', 'deny']),
  reason: text.exactOptional(),
  at: time,
  revokedAt: time.exactOptional(),
})

const meaning: z.ZodType<StatementMeaning> = z
  .strictObject({
    user: text,
    role: text.exactOptional(),
    searchPath: text.exactOptional(),
    named: z.array(text).readonly().exactOptional(),
  })
  .meta({
    description:
      'As which user and role of the database it runs, the search_path where it is not the usual one, and the texts that it runs by a name.',
  })

export const approval = named<Approval, z.ZodType<Approval>>(
  'Approval',
  z.strictObject({
    id: text,
    state: z.enum(['open', 'approved', 'used', 'denied', 'expired', 'withdrawn', 'break-glass']),
    mode: z.enum(['wait', 'retry']),
    subject: text,
    name: text,
    owner: text.meta({ description: 'Whose service token asks, where one does.' }).exactOptional(),
    connection: text,
    database: text,
    session: text,
    policyHash: text,
    rule: text,
    message: text.exactOptional(),
    groups: z.array(text).readonly(),
    needed: z.int(),
    approvers: z
      .array(z.strictObject({ groups: z.array(text).readonly(), count: z.int() }))
      .readonly()
      .meta({ description: 'Where it takes so many of each: groups and needed are of all together then.' })
      .exactOptional(),
    access: z
      .strictObject({ policy: text, for: z.int() })
      .meta({ description: 'Of a request for access: the policy, and milliseconds from the approval on.' })
      .exactOptional(),
    text,
    meaning: meaning.exactOptional(),
    parameters: z.array(parameter).readonly(),
    reason: text.exactOptional(),
    createdAt: time,
    expiresAt: time,
    settledAt: time.exactOptional(),
    why: text.exactOptional(),
    votes: z.array(vote).readonly(),
    mayDecide: z.boolean(),
  }),
)
named('Approvals', z.strictObject({ approvals: z.array(approval), version: text }))

/** Characters. */
export const longestReason = 1000

const reason = line(longestReason)
  .regex(/\S/)
  .meta({ description: 'Kept with the request and in the recording; the requester reads it.' })

/** What else a page takes for a reason, the API does. */
export const isReason = (text: string): boolean => reason.safeParse(text).success

named<ApprovalDecision, z.ZodType<ApprovalDecision>>(
  'ApprovalDecision',
  z.strictObject({ reason: reason.exactOptional() }),
)

export const standing = named<StandingApproval, z.ZodType<StandingApproval>>(
  'StandingApproval',
  z.strictObject({
    id: text,
    subject: text,
    name: text,
    connection: text,
    database: text.exactOptional(),
    text,
    meaning: meaning.exactOptional(),
    by: z.strictObject({ subject: text, name: text }),
    reason: text,
    createdAt: time,
    expiresAt: time,
    revokedAt: time.exactOptional(),
    revokedBy: text.exactOptional(),
  }),
)
named('StandingApprovals', z.strictObject({ standing: z.array(standing) }))

named<StandingApprovalRequest, z.ZodType<StandingApprovalRequest>>(
  'StandingApprovalRequest',
  z.strictObject({
    from: text
      .max(64)
      .meta({ description: 'Id of a request whose person, connection and text are meant.' })
      .exactOptional(),
    person: text.max(255).meta({ description: 'Subject, or a name that one person was seen under.' }).exactOptional(),
    connection: text.max(63).exactOptional(),
    database: text
      .max(63)
      .meta({ description: 'By default the request’s, or the first of the connection.' })
      .exactOptional(),
    text: text.max(60_000).exactOptional(),
    until: time,
    reason,
  }),
)
