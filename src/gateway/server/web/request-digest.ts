import { createHash } from 'node:crypto'
import type { ApprovalRecord } from '../../../store/approvals/rows.js'

/** What a decision is about, as a page showed it: another statement, person, rule or reason is another digest. */
export const digestOf = (record: ApprovalRecord): string => {
  const { id, subject, owner, name, connection, database, session, policyHash, rule, message } = record
  const { groups, needed, approvers, access, text, parameters, reason, mode, createdAt, key, meaning } = record
  const shown = [
    ...[id, subject, owner, name, connection, database, session, policyHash, rule, message],
    ...[groups, needed, approvers, access, text, parameters, reason, mode, createdAt, key, meaning],
  ]
  return createHash('sha256')
    .update(JSON.stringify(shown.map((part) => part ?? null)))
    .digest('base64url')
}
