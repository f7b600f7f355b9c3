import type { RowFormat } from './row-format.js'

/** NULL is nothing; an empty text is `""`, so that the two can be told apart, as COPY … CSV does. */
const field = (value: string | null): string => {
  if (value === null) return ''
  return value === '' || /[",\r\n]/.test(value) || value.trim() !== value ? `"${value.replaceAll('"', '""')}"` : value
}

const line = (values: readonly (string | null)[]): string => values.map(field).join(',') + '\r\n'

/** RFC 4180 with a header; results after the first are parted by an empty line. */
export function csv(): RowFormat {
  let results = 0
  return {
    begin: (columns) => (results++ > 0 ? '\r\n' : '') + line(columns),
    row: line,
    end: () => '',
  }
}
