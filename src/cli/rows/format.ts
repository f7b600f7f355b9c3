import { csv } from './csv.js'
import { json } from './json.js'
import type { RowFormat } from './row-format.js'
import { rowTable } from './row-table.js'

/** How rows are written, by the name that `--format` knows. */
export const formats = { table: rowTable, json, csv } as const satisfies Record<string, () => RowFormat>

export type FormatName = keyof typeof formats
