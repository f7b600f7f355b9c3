import { jsonText } from '../text.js'
import type { RowFormat, RowOptions } from './row-format.js'

/** Names that are all different: the second `id` is `id_2`. */
function distinct(columns: readonly string[]): string[] {
  const taken = new Set(columns)
  const seen = new Set<string>()
  return columns.map((column) => {
    let name = column
    for (let n = 2; seen.has(name) || (name !== column && taken.has(name)); n++) name = `${column}_${n}`
    seen.add(name)
    return name
  })
}

interface Objects {
  readonly begin: (columns: readonly string[]) => void
  readonly row: (values: readonly (string | null)[]) => string
}

/** A row as an object. Values are strings as the server sends them, or null. */
function objects({ terminal = false }: RowOptions): Objects {
  const written = terminal ? (value: string | null): string => jsonText(value) : JSON.stringify
  let keys: string[] = []
  return {
    begin: (columns) => {
      keys = distinct(columns).map((name) => written(name))
    },
    row: (values) => `{${values.map((value, i) => `${keys[i]}:${written(value)}`).join(',')}}`,
  }
}

/** One object a line, whichever result it is of. */
export function jsonLines(options: RowOptions = {}): RowFormat {
  const { begin, row } = objects(options)
  return {
    begin: (columns) => {
      begin(columns)
      return ''
    },
    row: (values) => `${row(values)}\n`,
    end: () => '',
  }
}

/** One array of objects per result, one row a line. */
export function json(options: RowOptions = {}): RowFormat {
  const { begin, row } = objects(options)
  let rows = 0
  return {
    begin: (columns) => {
      begin(columns)
      rows = 0
      return '['
    },
    row: (values) => `${rows++ === 0 ? '\n' : ',\n'}${row(values)}`,
    end: () => (rows === 0 ? ']\n' : '\n]\n'),
  }
}
