/** Where values of any table's columns stand beside the tables: what the planner remembers of them, and long values. */
const statistics: ReadonlySet<string> = new Set([
  ...['pg_statistic', 'pg_stats', 'pg_statistic_ext_data', 'pg_stats_ext', 'pg_stats_ext_exprs'],
])

/** Functions that read pages of tables and indexes, statistics, or changes to every table, whatever they are told. */
const readers: ReadonlySet<string> = new Set([
  ...['pg_mcv_list_items', 'get_raw_page', 'bt_page_items', 'gist_page_items', 'brin_page_items', 'hash_page_items'],
  ...['pg_logical_slot_get_changes', 'pg_logical_slot_peek_changes', 'pg_logical_slot_get_binary_changes'],
  'pg_logical_slot_peek_binary_changes',
])

/** Whether reading a relation reads values of tables that it doesn't name. */
export const holdsSamples = (schema: string | undefined, name: string): boolean =>
  schema === 'pg_toast' ||
  name.startsWith('pg_toast_') ||
  ((schema ?? 'pg_catalog') === 'pg_catalog' && statistics.has(name))

/** Whether a call of a function by that name does. */
export const readsSamples = (name: string): boolean => readers.has(name)
