/** One line of the result. `reached` is undefined where the row was skipped. */
export interface Row {
  readonly what: string
  readonly reached: number | undefined
  /** What `reached` is: `× pgbouncer-TLS`, `ms`, `KB`. */
  readonly unit: string
  readonly bar?: { readonly atLeast: number } | { readonly atMost: number }
  /** Absolute numbers behind it, or why it was skipped. */
  readonly note: string
  /** For --json: everything measured, per contender. */
  readonly samples?: Readonly<Record<string, unknown>>
}

/** undefined: there is no bar, or nothing was measured. */
export const isMet = ({ reached, bar }: Row): boolean | undefined => {
  if (reached === undefined || bar === undefined) return undefined
  return 'atLeast' in bar ? reached >= bar.atLeast : reached <= bar.atMost
}

export const skipped = (what: string, unit: string, why: string): Row => ({
  what,
  reached: undefined,
  unit,
  note: `skipped: ${why}`,
})

/** Three significant digits, without exponents. */
export const digits = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)))

const barText = ({ bar }: Row): string =>
  bar === undefined ? '' : 'atLeast' in bar ? `≥ ${bar.atLeast}` : `≤ ${bar.atMost}`

const verdict = { true: 'met', false: 'MISSED', undefined: '' }

/** Columns padded to their widest cell. */
export const table = (cells: readonly (readonly string[])[]): string => {
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)))
  return cells
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export const renderRows = (rows: readonly Row[]): string =>
  table([
    ['what', 'reached', 'bar', '', 'unit', 'numbers'],
    ...rows.map((row) => [
      row.what,
      row.reached === undefined ? '–' : digits(row.reached),
      barText(row),
      verdict[`${isMet(row)}`],
      row.unit,
      row.note,
    ]),
  ])
