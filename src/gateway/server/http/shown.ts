import type { Approval, StandingApproval } from '../../../lib/api/approvals.js'
import type { ApprovalRecord } from '../../../store/approvals/rows.js'
import type { StandingRecord } from '../../../store/approvals/standing.js'
import { mayDecide, type Person } from '../../approvals/rights.js'

/** A request as somebody may see it. */
export const shownApproval = (
  { key: _key, life: _life, entry: _entry, ...record }: ApprovalRecord,
  person: Person,
): Approval => ({
  ...record,
  mayDecide:
    record.state === 'open' &&
    mayDecide(person, record) &&
    !record.votes.some(({ subject }) => subject === person.subject),
})

export const shownStanding = ({ textHash: _hash, groups: _groups, ...standing }: StandingRecord): StandingApproval =>
  standing
