import { valid } from '../../lib/api/approvals.js'
import type { ApprovalRecord } from '../../store/approvals/rows.js'
import type { WebhookEvent } from '../webhooks/message.js'

/** What all of them say. No statement: a channel has more readers than the request. */
const fieldsOf = (record: ApprovalRecord, address: string): WebhookEvent['fields'] => ({
  Request: record.id,
  Person: record.name,
  Connection: record.connection,
  Rule: record.rule,
  Reason: record.reason,
  Approvers: record.groups.join(', '),
  Address: address,
})

export const requested = (record: ApprovalRecord, address: string): WebhookEvent => ({
  event: 'approval.requested',
  text: `${record.name} asks for ${record.access ? `access to ${record.connection} under ${record.access.policy}` : `an approval on ${record.connection} (rule ${record.rule})`}. hoop approvals show ${record.id}`,
  fields: {
    ...fieldsOf(record, address),
    Needed: record.needed,
    Expires: record.expiresAt,
    Approve: `hoop approvals approve ${record.id}`,
    Deny: `hoop approvals deny ${record.id}`,
  },
})

export const decided = (record: ApprovalRecord, address: string): WebhookEvent => ({
  event: 'approval.decided',
  text: `The request of ${record.name} on ${record.connection} (rule ${record.rule}) was ${record.state} by ${names(record)}.`,
  fields: {
    ...fieldsOf(record, address),
    Decision: record.state,
    By: names(record),
    Because:
      valid(record.votes)
        .flatMap(({ reason }) => reason ?? [])
        .join('; ') || undefined,
  },
})

export const expired = (record: ApprovalRecord, address: string): WebhookEvent => ({
  event: 'approval.expired',
  text: `Nobody decided in time on the request of ${record.name} on ${record.connection} (rule ${record.rule}).`,
  fields: fieldsOf(record, address),
})

export const brokenGlass = (record: ApprovalRecord, address: string): WebhookEvent => ({
  event: 'alert',
  text: `${record.name} broke the glass on ${record.connection}: a statement ran without the approval that rule ${record.rule} demands.`,
  fields: { ...fieldsOf(record, address), Kind: 'break-glass', Session: record.session },
})

const names = ({ votes }: ApprovalRecord): string =>
  valid(votes)
    .map(({ name }) => name)
    .join(', ')
