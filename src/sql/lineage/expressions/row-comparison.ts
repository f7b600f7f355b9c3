import { as, items, list, text } from '../../tree.js'
import { spend } from '../../work.js'

/** Whether it may stand for several columns, or is a row itself: that one is compared as a whole, NULLs in it too. */
const isSeveral = (member: unknown): boolean =>
  as(member, 'RowExpr') !== undefined || list(as(member, 'ColumnRef')?.['fields']).some((field) => as(field, 'A_Star'))

/** The members of `(a, b)` or `ROW(a, b)`, where each of them is one value. */
const membersOf = (node: unknown): readonly unknown[] | undefined => {
  const row = as(node, 'RowExpr')
  return row && !list(row['args']).some(isSeveral) ? list(row['args']) : undefined
}

/** How two rows can be compared member by member; of these, each member is compared as the rows are. */
const byMember: ReadonlySet<string> = new Set(['AEXPR_OP', 'AEXPR_DISTINCT', 'AEXPR_NOT_DISTINCT'])

/**
 * What a comparison of rows for equality consists of: `(a, b) = (x, y)` is `a = x AND b = y`, `<>` is OR, and
 * `(a, b) IN ((x, y), (z, w))` is one of them for each row of the list.
 * @param node a comparison by an operator for equality
 * @returns comparisons of the members, each of them a condition; undefined where the node compares no rows, or others
 * @see PostgreSQL documentation, "Row Constructor Comparison"
 */
export const rowComparisons = (node: unknown): unknown[] | undefined => {
  const comparison = as(node, 'A_Expr')
  const left = membersOf(comparison?.['lexpr'])
  if (!comparison || !left) return undefined
  const kind = text(comparison['kind']) ?? ''
  const isIn = kind === 'AEXPR_IN'
  if (!isIn && !byMember.has(kind)) return undefined
  const rows = (isIn ? items(comparison['rexpr']) : [comparison['rexpr']]).map(membersOf)
  return rows.every((row) => row?.length === left.length)
    ? rows.flatMap((row = []) => {
        spend(left.length)
        return row.map((rexpr, at) => ({
          A_Expr: { ...comparison, kind: isIn ? 'AEXPR_OP' : kind, lexpr: left[at], rexpr },
        }))
      })
    : undefined
}
