import { csv } from './csv.js'
import { json } from './json.js'
import { rowTable } from './row-table.js'

/** Writes results as text, piece by piece, so that a large one needs little memory. */
export interface RowFormat {
  /** A result with these columns begins. */
  begin(columns: readonly string[]): string
  row(values: readonly (string | null)[]): string
  /** The result that began has ended. */
  end(): string
}

export const formats = { table: rowTable, json, csv } as const satisfies Record<string, () => RowFormat>

export type FormatName = keyof typeof formats
