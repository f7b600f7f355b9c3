import { valid } from '../../lib/api/approvals.js'
import { HoopError } from '../../lib/errors.js'
import type { Approvers } from '../../policy/config/policy/approvers.js'
import type { ApprovalRule } from '../../policy/decision.js'
import type { ApprovalRecord } from '../../store/approvals/rows.js'
import type { Needed } from '../../store/approvals/counting.js'
import type { ErrorFields } from '../../wire/error-fields.js'
import { hoopNotice } from '../../wire/hoop-code.js'

const people = (needed: number): string => (needed === 1 ? 'one member' : `${needed} members`)

/** `one member of dba`, `2 members of security or dba`, of each list. */
const who = (approvers: Approvers | readonly Needed[]): string =>
  (Array.isArray(approvers)
    ? (approvers as readonly Needed[])
    : ((approvers as Approvers).all ?? [approvers as Approvers])
  )
    .map(({ groups, count }) => `${people(count)} of ${groups.join(', ')}`)
    .join(' and ')

const what = ({ message }: Pick<ApprovalRule, 'message'>, name: string): string => message ?? `rule ${name}`

/** What the client sees while it waits. */
export const approvalNotice = (record: ApprovalRecord, address: string): ErrorFields =>
  hoopNotice('APPROVAL_AWAITED', `this statement waits for an approval: ${what(record, record.rule)}`, {
    detail: `Request ${record.id}, rule ${record.rule}: ${who(record.approvers ?? [{ groups: record.groups, count: record.needed }])} until ${record.expiresAt}. Cancel to withdraw it.`,
    hint: `An approver runs: hoop approvals approve ${record.id} (${address})`,
  })

/** What the client sees when the wait is over, since its statement may take long itself. */
export const approvedNotice = ({ votes }: ApprovalRecord): ErrorFields => {
  const names = valid(votes).map(({ name }) => name)
  return hoopNotice('APPROVAL_GIVEN', `approved by ${names.join(', ')}`)
}

/** What the client sees where it must not wait. */
export const retryLater = ({ name, message, approvers }: ApprovalRule, id: string, address: string): HoopError =>
  new HoopError('APPROVAL_REQUIRED', what({ ...(message !== undefined && { message }) }, name), {
    detail: `Request ${id}, rule ${name}: ${who(approvers)}.`,
    hint: `An approver runs: hoop approvals approve ${id} (${address}). Run the same statement again then; it is let through once.`,
  })

export const denied = ({ id, rule, votes }: ApprovalRecord): HoopError => {
  const last = votes.findLast(({ vote }) => vote === 'deny')
  const why = last?.reason === undefined ? '' : `: ${last.reason}`
  return new HoopError('APPROVAL_DENIED', `${last?.name ?? 'an approver'}${why}`, {
    detail: `Request ${id}, rule ${rule}.`,
  })
}

export const expiredInTime = ({ id, rule, groups }: ApprovalRecord): HoopError =>
  new HoopError('APPROVAL_EXPIRED', `rule ${rule}`, { detail: `Request ${id}, to ${groups.join(', ')}.` })

export const tooLong = (most: number): HoopError =>
  new HoopError('APPROVAL_REQUIRED', `no approver can be asked to read more than ${most} characters`, {
    hint: 'Split it, or pass its data as parameters or by COPY.',
  })
