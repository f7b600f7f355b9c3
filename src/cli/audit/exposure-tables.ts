import type { ExposedPerson, Exposure } from '../../lib/api/statements.js'
import type { Column } from '../list/list.js'
import { momentText } from '../moment.js'
import { figure, type SeenColumn, size } from './exposure-lines.js'

export const minute = (iso: string): string => momentText(iso).slice(0, 16)

interface Spanned {
  readonly first: string
  readonly last: string
}

/** When it was seen says least, and is in --csv. */
const spanned: readonly Column<Spanned>[] = [
  { heading: 'first', goes: 9, of: ({ first }) => minute(first) },
  { heading: 'last', goes: 8, of: ({ last }) => minute(last) },
]

/** @param bar of a share from 0 to 1; undefined where nothing is drawn */
export const columnsOf = (
  seen: readonly SeenColumn[],
  bar: ((share: number) => string) | undefined,
): readonly Column<SeenColumn>[] => {
  const most = Math.max(1, ...seen.map(({ rows }) => rows))
  return [
    { heading: 'column', of: ({ column }) => column },
    { heading: 'seen', of: (each) => each.seen },
    { heading: 'rows', of: ({ rows }) => figure(rows) },
    ...(bar ? [{ heading: '', goes: 6, of: ({ rows }: SeenColumn) => bar(rows / most) }] : []),
    { heading: 'vectors', goes: 4, of: ({ vectors }) => figure(vectors) },
    { heading: 'bytes', goes: 7, of: ({ bytes }) => size(bytes) },
    { heading: 'statements', goes: 5, of: ({ statements }) => figure(statements) },
    ...spanned,
  ]
}

export const people: readonly Column<ExposedPerson>[] = [
  { heading: 'person', of: ({ name, owner }) => (owner ? `${name} (${owner.name})` : name) },
  { heading: 'sessions', goes: 6, of: ({ sessions }) => figure(sessions) },
  { heading: 'statements', goes: 4, of: ({ total }) => figure(total.statements) },
  { heading: 'rows', of: ({ total }) => figure(total.rows) },
  { heading: 'vectors', goes: 5, of: ({ total }) => figure(total.vectors) },
  { heading: 'bytes', goes: 7, of: ({ total }) => size(total.bytes) },
  { heading: 'first', goes: 9, of: ({ total }) => minute(total.first) },
  { heading: 'last', goes: 8, of: ({ total }) => minute(total.last) },
  {
    heading: 'seen clear',
    wraps: true,
    of: ({ columns }) =>
      columns
        .filter(({ clear }) => clear)
        .map(({ column }) => column)
        .join(', '),
  },
]

export const refusals: readonly Column<Exposure['refusals'][number]>[] = [
  { heading: 'refused', of: ({ name }) => name },
  { heading: 'by', of: ({ rule, code }) => rule ?? code },
  { heading: 'times', of: ({ count }) => figure(count) },
  ...spanned,
]

export const approvals: readonly Column<Exposure['approvals'][number]>[] = [
  { heading: 'approved', of: ({ name }) => name },
  { heading: 'rule', of: ({ rule }) => rule },
  { heading: 'by', of: ({ by, outcome }) => (by.length > 0 ? by.join(', ') : outcome) },
  { heading: 'times', of: ({ count }) => figure(count) },
  ...spanned,
]
