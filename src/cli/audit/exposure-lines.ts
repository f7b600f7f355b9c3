import { momentText } from '../moment.js'
import type { ExposedColumn, Exposure, Left } from '../../lib/api/statements.js'

/** One line of an exposure's table of columns: a column as it was seen in one way. */
export interface SeenColumn extends Left {
  readonly column: string
  readonly seen: 'masked' | 'clear'
}

/** What was seen as it is comes first. */
export const seenColumns = (columns: readonly ExposedColumn[]): readonly SeenColumn[] =>
  columns.flatMap(({ column, masked, clear }) => [
    ...(clear ? [{ column, seen: 'clear', ...clear } as const] : []),
    ...(masked ? [{ column, seen: 'masked', ...masked } as const] : []),
  ])

export const totals = ({ people }: Exposure): Pick<Left, 'statements' | 'rows' | 'bytes' | 'vectors'> => {
  const sum = (field: 'statements' | 'rows' | 'bytes' | 'vectors'): number =>
    people.reduce((all, { total }) => all + total[field], 0)
  return { statements: sum('statements'), rows: sum('rows'), bytes: sum('bytes'), vectors: sum('vectors') }
}

/** `1.2 MB` @param n bytes */
export const size = (n: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let at = 0
  for (; n >= 1000 && at < units.length - 1; at++) n /= 1000
  return `${at === 0 || n >= 100 ? Math.round(n) : Math.round(n * 10) / 10} ${units[at]}`
}

export const figure = (n: number): string => n.toLocaleString('en-US')

/** In the reader's time zone. */
export const moment = momentText

/** What the exposure is of, in words. */
export const question = (
  wanted: Readonly<Record<'person' | 'connection' | 'table', string | undefined>>,
  exposure: Exposure,
): string => {
  const parts = [
    wanted.person,
    wanted.connection && `on ${wanted.connection}`,
    wanted.table && `table ${wanted.table}`,
    exposure.since && `since ${moment(exposure.since)}`,
    exposure.until && `until ${moment(exposure.until)}`,
  ].filter(Boolean)
  return parts.length === 0 ? 'everything that is recorded' : parts.join(', ')
}
