/**
 * The functions by which libpq and JDBC read and write large objects, by their OIDs: of what comes with the server, no OID
 * ever changes. `lo_import` and `lo_export`, which use the server's files, are not among them.
 * @see PostgreSQL source, pg_proc.dat; documentation, "Large Objects: Client Interfaces"
 */
export const largeObjectFunctions: ReadonlyMap<number, readonly [name: string, parameters: number]> = new Map([
  [715, ['lo_create', 1]],
  [952, ['lo_open', 2]],
  [953, ['lo_close', 1]],
  [954, ['loread', 2]],
  [955, ['lowrite', 2]],
  [956, ['lo_lseek', 3]],
  [957, ['lo_creat', 1]],
  [958, ['lo_tell', 1]],
  [964, ['lo_unlink', 1]],
  [1004, ['lo_truncate', 2]],
  [3170, ['lo_lseek64', 3]],
  [3171, ['lo_tell64', 1]],
  [3172, ['lo_truncate64', 2]],
  [3457, ['lo_from_bytea', 2]],
  [3458, ['lo_get', 1]],
  [3459, ['lo_get', 3]],
  [3460, ['lo_put', 3]],
])

/** The SELECT that a call is in all but its form: what a policy says of it holds of the call. */
export const selectOf = (name: string, parameters: number): string =>
  `SELECT pg_catalog.${name}(${Array.from({ length: parameters }, (_, i) => `$${i + 1}`).join(', ')})`
