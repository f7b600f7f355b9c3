import type { RowFormat } from './row-format.js'

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

/** One array of objects per result, one row a line. Values are strings as the server sends them, or null. */
export function json(): RowFormat {
  let keys: string[] = []
  let rows = 0
  return {
    begin: (columns) => {
      keys = distinct(columns).map((name) => JSON.stringify(name))
      rows = 0
      return '['
    },
    row: (values) => {
      const pairs = values.map((value, i) => `${keys[i]}:${JSON.stringify(value)}`)
      return `${rows++ === 0 ? '\n' : ',\n'}{${pairs.join(',')}}`
    },
    end: () => (rows === 0 ? ']\n' : '\n]\n'),
  }
}
