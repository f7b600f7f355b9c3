import type { Approval } from '../../lib/api/approvals.js'
import { table } from '../table.js'
import { span } from '../text.js'
import { briefly, stateOf } from './approval-text.js'

/** Access for a while, one line each. */
export const accessTable = (accesses: readonly Approval[]): string =>
  table(
    ['id', 'person', 'connection', 'policy', 'for', 'state', 'asked', 'reason'],
    accesses.map((one) => [
      ...[one.id, one.name, one.connection, one.access?.policy, one.access && span(one.access.for), stateOf(one)],
      ...[new Date(one.createdAt).toLocaleString('sv-SE'), briefly(one.reason ?? '')],
    ]),
  )
