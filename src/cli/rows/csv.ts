import { plain } from '../text.js'
import type { RowFormat, RowOptions } from './row-format.js'

/** NULL is nothing; an empty text is `""`, so that the two can be told apart, as COPY … CSV does. */
const field = (value: string | null): string => {
  if (value === null) return ''
  return value === '' || /[",\r\n]/.test(value) || value.trim() !== value ? `"${value.replaceAll('"', '""')}"` : value
}

/** RFC 4180 with line feeds, as psql and COPY write it, and a header; results after the first are parted by an empty line. */
export function csv({ terminal = false, tuplesOnly = false }: RowOptions = {}): RowFormat {
  const line = (values: readonly (string | null)[]): string => {
    const text = values.map(field).join(',') + '\n'
    return terminal ? plain(text, '\n\t') : text
  }
  let results = 0
  return {
    begin: (columns) => (results++ > 0 ? '\n' : '') + (tuplesOnly ? '' : line(columns)),
    row: line,
    end: () => '',
  }
}
