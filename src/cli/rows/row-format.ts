/** Writes results as text, piece by piece, so that a large one needs little memory. */
export interface RowFormat {
  /** A result with these columns begins. */
  begin(columns: readonly string[]): string
  row(values: readonly (string | null)[]): string
  /** The result that began has ended. */
  end(): string
}

export interface RowOptions {
  /** A terminal is to show it: what could steer it is written out. */
  readonly terminal?: boolean
  /** Without the names of the columns. */
  readonly tuplesOnly?: boolean
}
