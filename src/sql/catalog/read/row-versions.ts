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

/**
 * A type that has a name of its own: not an array's, nor that of a relation's rows, which goes by the relation.
 * @see `typeVersion`
 */
export const isOwnType = (t: string): string =>
  `(NOT (${op(`${t}.typtype`, '=', `'b'`)} AND ${op(`${t}.typcategory`, '=', `'A'`)}) AND (${op(`${t}.typrelid`, '=', '0::pg_catalog.oid')}
    OR (SELECT ${op('y.relkind', '=', `'c'`)} FROM pg_catalog.pg_class y WHERE ${op('y.oid', '=', `${t}.typrelid`)})))`

/** Which type a name means. */
export const typeVersion = (t: string): string => words(`'type'`, `${t}.oid`, schema(`${t}.typnamespace`))

/** Which table an index is of. */
export const indexVersion = (c: string, x: string): string =>
  words(`${x}.indrelid`, `${c}.relnamespace`, `${c}.relname`)

/**
 * A schema by its name: the OID of one that was renamed is the same, and names that are written with it mean others. The
 * server says it by the newest catalog, whatever the transaction sees. How it quotes names is a setting.
 */
const schema = (oid: string): string => `pg_catalog.replace(${oid}::pg_catalog.regnamespace::pg_catalog.text, '"', '')`

/** Of a function: calls name it, with its schema or without. */
export const functionVersion = (p: string): string =>
  op(op(rowVersion(p), '||', `' '`), '||', schema(`${p}.pronamespace`))

/** Whether its rows are another table's as well, as a child's or partition's are. */
const isPart = (c: string): string =>
  `((SELECT true FROM pg_catalog.pg_inherits i WHERE ${op('i.inhrelid', '=', `${c}.oid`)} LIMIT 1) IS NOT NULL)`

/**
 * Who a relation is, and whether anything else is read or set off along with it: of one that stands alone, nothing else
 * counts where it doesn't matter which columns it has. The name comes last, behind the schema's.
 */
export const identity = (c: string): string =>
  words(
    ...[`${c}.oid`, `${c}.relkind`, isPart(c), `${c}.relhasrules`, `${c}.relhassubclass`],
    ...[schema(`${c}.relnamespace`), `${c}.relname`],
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
