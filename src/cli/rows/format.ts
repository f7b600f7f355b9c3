import { csv } from './csv.js'
import { json, jsonLines } from './json.js'
import type { RowFormat, RowOptions } from './row-format.js'
import { rowTable } from './row-table.js'

/** How rows are written, by the name that `--format` knows. */
export const formats = { table: rowTable, json, jsonl: jsonLines, csv } as const satisfies Record<
  string,
  (options?: RowOptions) => RowFormat
>

export type FormatName = keyof typeof formats
