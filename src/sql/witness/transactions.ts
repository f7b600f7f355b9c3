import { anyOf, op } from '../catalog/read/row-versions.js'

/** Whether queries of this transaction see the catalog as it was when it began; what is planned goes by the present. */
export const seesOld = anyOf(
  `pg_catalog.current_setting('transaction_isolation')`,
  `ARRAY['repeatable read', 'serializable']`,
)

/** Whether a row that can be seen was written by this very transaction: any other that wrote one has ended. */
export const isOwn = (xmin: string): string => {
  // `age` counts back from this transaction's number, and forward to those of its savepoints.
  const number = op('pg_catalog.txid_current_if_assigned()', '-', `pg_catalog.age(${xmin})`)
  return `COALESCE(${op(`pg_catalog.txid_status(${number})`, '=', `'in progress'`)}, false)`
}

const half = 2 ** 31

/** A transaction's number in full, from its last 32 bits: the one within half of their range from the snapshot's. */
const inFull = (xid: string): string => {
  const near = 'pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot())'
  const distance = `(${op(op(`${xid}::pg_catalog.text::pg_catalog.int8`, '-', near), '+', `${half}::pg_catalog.int8`)})`
  return op(op(near, '+', `(${op(distance, '&', `${2 ** 32 - 1}::pg_catalog.int8`)})`), '-', `${half}::pg_catalog.int8`)
}

/** Whether a row that can be seen has been replaced or deleted since, by a transaction that has committed. */
export const isOld = (xmax: string): string =>
  `CASE WHEN ${op(xmax, '=', `'0'::pg_catalog.xid`)} THEN false
    ELSE COALESCE(${op(`pg_catalog.txid_status(${inFull(xmax)})`, '=', `'committed'`)}, false) END`
