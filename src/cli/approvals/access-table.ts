import type { Approval } from '../../lib/api/approvals.js'
import { type Column, list, type View } from '../list/list.js'
import { shortIds } from '../list/short-ids.js'
import { momentText } from '../moment.js'
import { span } from '../text.js'
import { stateOf } from './approval-text.js'

/** Access for a while, one line each. */
export const accessTable = (accesses: readonly Approval[], view: View & { readonly wide: boolean }): string => {
  const short = shortIds(accesses.map(({ id }) => id))
  const columns: readonly Column<Approval>[] = [
    { heading: 'id', of: ({ id }) => (view.wide ? id : short(id)) },
    { heading: 'person', of: ({ name }) => name },
    { heading: 'connection', of: ({ connection }) => connection },
    { heading: 'policy', goes: 2, of: ({ access }) => access?.policy },
    { heading: 'for', goes: 3, of: ({ access }) => access && span(access.for) },
    { heading: 'state', of: (one) => stateOf(one) },
    { heading: 'asked', goes: 1, of: ({ createdAt }) => momentText(createdAt) },
    { heading: 'reason', wraps: true, of: ({ reason }) => reason },
  ]
  return list(columns, accesses, view)
}
