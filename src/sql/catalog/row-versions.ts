/**
 * SQL by which one row of a catalog says whether it is still the one that was analysed. As in `versions.ts`, everything is
 * qualified. The witness asks whether each row that it finds is one of those that a snapshot had: a row that is gone takes
 * a meaning away and gives none, and analyses go by all that a name may mean.
 */

/** `left operator right`, by the server's own operator. */
export const op = (left: string, operator: string, right: string): string =>
  `${left} OPERATOR(pg_catalog.${operator}) ${right}`

export const anyOf = (left: string, values: string): string => op(left, '=', `ANY (${values})`)

/** A cast to text is cheaper than `concat` by half: the witness runs before every statement. */
const words = (...values: readonly string[]): string =>
  values.map((value) => `${value}::pg_catalog.text`).reduce((left, right) => op(op(left, '||', `' '`), '||', right))

/** Of what is analysed by a text of its own, or by a function's, which has a row of its own; `xmin` repeats within one transaction, and `ctid` comes back after VACUUM. */
export const rowVersion = (alias: string): string => words(`${alias}.oid`, `${alias}.xmin`, `${alias}.ctid`)

/** What runs on writes to a table, for itself or for a foreign key. */
export const triggerVersion = (t: string): string =>
  words(`${t}.tgrelid`, `${t}.tgfoid`, `${t}.tgenabled`, `${t}.tgconstrrelid`)

/** Which table an index is of. */
export const indexVersion = (c: string, x: string): string =>
  words(`${x}.indrelid`, `${c}.relnamespace`, `${c}.relname`)

/**
 * Who a relation is, and whether anything else is read or set off along with it: of one that stands alone, nothing else
 * counts where it doesn't matter which columns it has. The name comes last.
 */
export const identity = (c: string): string =>
  words(
    ...[`${c}.oid`, `${c}.relnamespace`, `${c}.relkind`, `${c}.relispartition`, `${c}.relhasrules`],
    ...[`${c}.relhassubclass`, `${c}.relname`],
  )

/** What did not come with the server. */
export const isAdded = (alias: string): string => op(`${alias}.oid`, '>=', '16384::pg_catalog.oid')

/** What a snapshot has of single rows. */
export interface RowVersions {
  /** By name. */
  readonly functions: ReadonlyMap<string, readonly string[]>
  /** By name. */
  readonly operators: ReadonlyMap<string, readonly string[]>
  /** By the name of an index. */
  readonly indexes: ReadonlyMap<string, readonly string[]>
  /** By the OID of a table. */
  readonly triggers: ReadonlyMap<number, readonly string[]>
  readonly casts: readonly string[]
}
