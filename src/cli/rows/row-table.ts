import { pad, plain, width } from '../text.js'
import type { RowFormat, RowOptions } from './row-format.js'

/** Rows that are looked at to choose the widths. Later ones may stick out; memory stays bounded. */
const sample = 500
/** Widest column that others are aligned to; a longer value is shown whole and only its own row shifts. */
const widest = 60

const cell = (value: string | null): string => (value === null ? 'NULL' : plain(value))

/** Aligned columns for people; an empty line between two results. */
export function rowTable({ tuplesOnly = false }: RowOptions = {}): RowFormat {
  let results = 0
  let columns: readonly string[] = []
  let held: string[][] | undefined
  let widths: number[] = []

  const line = (cells: readonly string[]): string =>
    cells
      .map((text, i) => pad(text, widths[i] ?? 0))
      .join('  ')
      .trimEnd() + '\n'
  const release = (): string => {
    const rows = [...(tuplesOnly ? [] : [[...columns]]), ...(held ?? [])]
    held = undefined
    widths = columns.map((_, i) => Math.min(widest, Math.max(...rows.map((row) => width(row[i] ?? '')))))
    return rows.map(line).join('')
  }
  return {
    begin: (names) => {
      columns = names.map((name) => plain(name))
      held = []
      return results++ > 0 ? '\n' : ''
    },
    row: (values) => {
      const cells = values.map(cell)
      if (!held) return line(cells)
      held.push(cells)
      return held.length < sample ? '' : release()
    },
    end: () => (held ? release() : ''),
  }
}
