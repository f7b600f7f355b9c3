import { pad, plain, width } from './text.js'

type Cell = string | number | boolean | undefined | null

/**
 * Columns under headings, two spaces apart, no boxes: it reads well aloud, and `awk` and `cut` can take it apart. Cells
 * are made harmless; an empty one is a dash. Returns lines without the last line end.
 */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => row.map(text))
  const widths = headings.map((heading, i) => Math.max(width(heading), ...cells.map((row) => width(row[i] ?? ''))))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => pad(cell, widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  return [line(headings.map((heading) => heading.toUpperCase())), ...cells.map(line)].join('\n')
}

/** `Name   value` lines for one thing; entries without a value are left out. */
export function pairs(entries: Readonly<Record<string, Cell>>): string {
  const shown = Object.entries(entries).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const left = Math.max(...shown.map(([name]) => width(name)))
  return shown.map(([name, value]) => `${pad(name, left)}  ${text(value)}`).join('\n')
}

const text = (cell: Cell): string =>
  cell === undefined || cell === null || cell === '' ? '-' : plain(typeof cell === 'string' ? cell : String(cell))
