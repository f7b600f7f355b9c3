/** What came with the server and yet leads to table contents by ways that no column reference shows. */

/** Functions that run SQL they are given, or name a table in a string. */
const runSql = [
  ...['query_to_xml', 'query_to_xml_and_xmlschema', 'table_to_xml', 'table_to_xml_and_xmlschema'],
  ...['schema_to_xml', 'schema_to_xml_and_xmlschema', 'database_to_xml', 'database_to_xml_and_xmlschema'],
  ...['cursor_to_xml', 'cursor_to_xmlschema', 'query_to_xmlschema', 'ts_stat', 'ts_rewrite'],
]

/** Functions that read the server's files, its log of changes, or its statistics of columns. */
const readStorage = [
  ...['pg_read_file', 'pg_read_binary_file', 'pg_read_file_old', 'pg_read_file_all', 'pg_read_binary_file_all'],
  ...['pg_read_file_off_len', 'pg_read_file_off_len_missing', 'pg_read_binary_file_off_len'],
  ...['pg_read_binary_file_off_len_missing', 'pg_read_file_all_missing', 'pg_read_binary_file_all_missing'],
  ...['pg_logical_slot_get_changes', 'pg_logical_slot_peek_changes', 'pg_logical_slot_get_binary_changes'],
  ...['pg_logical_slot_peek_binary_changes', 'pg_create_logical_replication_slot', 'pg_copy_logical_replication_slot'],
  ...['pg_create_physical_replication_slot', 'pg_copy_physical_replication_slot', 'pg_logical_emit_message'],
  ...['pg_mcv_list_items', 'pg_get_backend_memory_contexts'],
]

/** Functions on large objects that read or write the server's files. */
const largeObjectFiles = ['lo_import', 'lo_export']

/** Large objects live in a table of their own, which anybody with the number can read. */
const largeObjects = /^(lo_.*|loread|lowrite|be_lo_.*)$/

const functions: ReadonlySet<string> = new Set([...runSql, ...readStorage, ...largeObjectFiles])

const sqlRunners: ReadonlySet<string> = new Set(runSql)

/** Functions in C that run SQL they are given: installed on purpose, and no less able to do anything. */
const runners: ReadonlySet<string> = new Set([
  ...['dblink', 'dblink_exec', 'dblink_open', 'dblink_send_query', 'dblink_build_sql_insert'],
  ...['schedule', 'schedule_in_database', 'alter_job', 'crosstab', 'connectby', 'xpath_table'],
])

/** Whether a function that came with the server or an extension runs a text. */
export const runsText = (name: string): boolean => runners.has(name) || sqlRunners.has(name)

export const deniedFunction = (name: string): boolean => functions.has(name)

/** Whether a builtin function reads or writes large objects. */
export const usesLargeObjects = (name: string): boolean => largeObjects.test(name)

const relations: ReadonlyMap<string, string> = new Map([
  ...['pg_statistic', 'pg_stats', 'pg_statistic_ext_data', 'pg_stats_ext', 'pg_stats_ext_exprs'].map(
    (name) => [name, 'it holds samples of column values'] as const,
  ),
  ['pg_largeobject', 'large objects are not masked'],
  ['pg_backend_memory_contexts', 'it shows patterns that were compared with'],
])

/** Why a system relation can't be read where masks are in force. */
export const deniedRelation = (schema: string | undefined, name: string): string | undefined =>
  schema === 'pg_toast' || name.startsWith('pg_toast_')
    ? 'it holds the long values of other tables'
    : relations.get(name)
