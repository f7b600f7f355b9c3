import type { Exposure } from '../../lib/api/statements.js'
import { csv } from '../rows/csv.js'
import { seenColumns } from './exposure-lines.js'

const headings = [
  ...['person', 'subject', 'owner', 'column', 'seen', 'rows', 'bytes', 'vectors', 'statements', 'first', 'last'],
]

/** RFC 4180 with line feeds: one line for each person, column and way in which they saw it. */
export const exposureCsv = ({ people }: Exposure): string => {
  const format = csv()
  const lines = people.flatMap(({ name, subject, owner, columns }) =>
    seenColumns(columns).map((each) =>
      format.row([
        ...[name, subject, owner?.name ?? null, each.column, each.seen, String(each.rows), String(each.bytes)],
        ...[String(each.vectors), String(each.statements), each.first, each.last],
      ]),
    ),
  )
  return [format.begin(headings), ...lines].join('')
}
