import { pad, plain, width } from './text.js'

export type Cell = string | number | boolean | undefined | null

/** Between two columns: it reads well aloud, and `awk` and `cut` can take it apart. */
export const gap = '  '

/**
 * Columns under headings, two spaces apart, no boxes: it reads well aloud, and `awk` and `cut` can take it apart. Cells
 * are made harmless; an empty one is a dash. Returns lines without the last line end.
 */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => row.map(cellText))
  const widths = headings.map((heading, i) => Math.max(width(heading), ...cells.map((row) => width(row[i] ?? ''))))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => pad(cell, widths[i] ?? 0))
      .join(gap)
      .trimEnd()
  return [line(headings.map((heading) => heading.toUpperCase())), ...cells.map(line)].join('\n')
}

/** `Name   value` lines for one thing; entries without a value are left out. */
export function pairs(entries: Readonly<Record<string, Cell>>): string {
  const shown = Object.entries(entries).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const left = Math.max(...shown.map(([name]) => width(name)))
  return shown.map(([name, value]) => `${pad(name, left)}  ${cellText(value)}`).join('\n')
}

/** A cell made harmless; an empty one is a dash. */
export const cellText = (cell: Cell): string =>
  cell === undefined || cell === null || cell === '' ? '-' : plain(typeof cell === 'string' ? cell : String(cell))
