import { runsSql } from '../catalog/denied.js'

/** Functions in C that run SQL they are given: installed on purpose, and no less able to do anything. */
const runners = new Set([
  ...['dblink', 'dblink_exec', 'dblink_open', 'dblink_send_query', 'dblink_build_sql_insert'],
  ...['schedule', 'schedule_in_database', 'alter_job', 'crosstab', 'connectby', 'xpath_table'],
])

/** Whether a function that came with an extension runs a text. */
export const runsText = (name: string): boolean => runners.has(name) || runsSql(name)
