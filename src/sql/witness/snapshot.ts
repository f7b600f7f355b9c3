import { op } from '../catalog/read/row-versions.js'

const number = 'pg_catalog.txid_current_snapshot()'

/**
 * The server's snapshot as text, where it stands for all that the witness looks at: which transactions can be seen, and so
 * every row of every catalog. NULL where this transaction has written something itself, which its snapshot doesn't tell,
 * where it sees an old state, and on a standby, whose snapshots don't list what is in progress.
 * @see PostgreSQL documentation, "Transaction ID and Snapshot Information Functions"
 */
export const snapshot = `CASE WHEN pg_catalog.txid_current_if_assigned() IS NULL
  AND ${op(`pg_catalog.current_setting('transaction_isolation')`, '=', `'read committed'`)}
  AND NOT pg_catalog.pg_is_in_recovery() THEN ${number}::pg_catalog.text END`

const literal = (text: string): string => `'${text.replaceAll(`'`, `''`)}'`

/** A text with `$1` to `$n` as a pattern for `format`. */
const pattern = (text: string): string => text.replaceAll('%', '%%').replaceAll(/\$(\d+)::/g, '%$1$$L::')

/**
 * The same check for a session in which it has passed before: where the server's snapshot is still the one of then, it
 * passes without a look at the catalog, since nobody has committed anything in between. Otherwise the whole text is run from
 * within, by the one function of PostgreSQL's that takes a query as text: so its plan is set up only where it is needed.
 * @param text with `count` parameters
 * @param settings true where they are as the analysis assumed
 * @returns with one more parameter, the snapshot; each is given as text
 */
export const recalling = (text: string, count: number, settings: string): string => {
  const given = Array.from({ length: count }, (_, i) => `$${i + 1}::pg_catalog.text`)
  const recalled = `$${count + 1}::pg_catalog.text`
  return `/* hoop witness */ SELECT CASE WHEN ${settings} AND (${op(recalled, '=', `(${snapshot})`)}) THEN ${recalled}
    WHEN pg_catalog.query_to_xml(pg_catalog.format(${literal(pattern(text))}, ${given.join(', ')}), false, false, '') IS NOT NULL
    THEN ${snapshot} END`
}
