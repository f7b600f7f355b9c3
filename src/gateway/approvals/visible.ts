import type { ApprovalFilter, ApprovalRecords } from '../../store/approvals/approvals.js'
import type { ApprovalRecord } from '../../store/approvals/rows.js'

/** Requests that are looked at for one answer, where most of them are none of the asker's business. */
const most = 2000
const page = 200

/** Newest first, those that somebody may see. @throws {HoopError} STORE_FAILED */
export const visibleRequests = async (
  records: Pick<ApprovalRecords, 'list'>,
  filter: ApprovalFilter,
  limit: number,
  sees: (one: ApprovalRecord) => boolean,
): Promise<ApprovalRecord[]> => {
  const found: ApprovalRecord[] = []
  for (let looked = 0, last: string | undefined; found.length < limit && looked < most; looked += page) {
    const next = await records.list(filter, page, last)
    found.push(...next.filter(sees))
    last = next.at(-1)?.id
    if (next.length < page) break
  }
  return found.slice(0, limit)
}
