import { pad, plain, width, wrapWords } from '../text.js'
import { type Cell, cellText, gap } from '../table.js'

/** A column of a list of things. */
export interface Column<T> {
  readonly heading: string
  readonly of: (one: T) => Cell
  /** Which column goes first where there is no room: that with the highest figure. Without one it always stays. */
  readonly goes?: number
  /** Its text goes on in further lines where there is no room. Of the last column only. */
  readonly wraps?: true
}

/** How a list is to be shown. */
export interface View {
  /** Columns of the terminal; undefined where nothing bounds a line. */
  readonly columns?: number | undefined
  readonly header?: boolean
  /** Each thing in lines of its own, every value behind its name: so it can be read out. */
  readonly records?: boolean
}

/** Columns of the terminal that a text has which is wrapped, at least. */
const least = 24

/**
 * A list with one thing a line, under headings. Where a line is longer than the terminal, the last column is wrapped and
 * columns that matter less are left out; where even that is too wide, each thing is written in lines of its own. Nothing
 * is cut. Returns lines without the last line end.
 * @param drawn what becomes of each line of a thing, once it is laid out: a color
 */
export function list<T>(
  all: readonly Column<T>[],
  things: readonly T[],
  { columns = Infinity, header = true, records: apart = false }: View,
  drawn: (line: string, one: T) => string = (line) => line,
): string {
  const shown = apart ? undefined : fitting(all, things, columns)
  if (shown === undefined) return records(all, things, columns, drawn)
  const cells = things.map((one) => shown.map((column) => cellText(column.of(one))))
  const headings = shown.map(({ heading }) => heading.toUpperCase())
  const widths = headings.map((heading, i) =>
    Math.max(header ? width(heading) : 0, ...cells.map((row) => width(row[i] ?? ''))),
  )
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + gap.length, 0)
  const room = shown.at(-1)?.wraps ? Math.max(least, columns - before) : Infinity
  const lines = (row: readonly string[]): string[] => {
    const [first = '', ...further] = wrapWords(row.at(-1) ?? '', room)
    const start = [...row.slice(0, -1).map((cell, i) => pad(cell, widths[i] ?? 0)), first].join(gap)
    return [start, ...further.map((text) => ' '.repeat(before) + text)].map((each) => each.trimEnd())
  }
  return [
    ...(header ? lines(headings) : []),
    ...cells.flatMap((row, i) => lines(row).map((line) => drawn(line, things[i]!))),
  ].join('\n')
}

/** The columns that there is room for; undefined where there is none for those that always stay. */
function fitting<T>(
  all: readonly Column<T>[],
  things: readonly T[],
  columns: number,
): readonly Column<T>[] | undefined {
  const wanted = new Map(
    all.map((column) => {
      const whole = Math.max(width(column.heading), ...things.map((one) => width(cellText(column.of(one)))))
      return [column, column.wraps ? Math.min(least, whole) : whole]
    }),
  )
  const used = (shown: readonly Column<T>[]): number =>
    shown.reduce((sum, column) => sum + (wanted.get(column) ?? 0) + gap.length, -gap.length)
  let shown = all
  while (used(shown) > columns) {
    const worst = shown.reduce<Column<T> | undefined>(
      (found, column) => ((column.goes ?? 0) > (found?.goes ?? 0) ? column : found),
      undefined,
    )
    if (worst === undefined) return undefined
    shown = shown.filter((column) => column !== worst)
  }
  return shown
}

/** `Heading: value` lines, wrapped, with an empty line between two things. */
const records = <T>(
  all: readonly Column<T>[],
  things: readonly T[],
  columns: number,
  drawn: (line: string, one: T) => string,
): string =>
  things
    .map((one) =>
      all
        // What has no name is a picture of what has one.
        .filter((column) => column.heading !== '' && cellText(column.of(one)) !== '-')
        .flatMap((column) => wrapWords(`${plain(column.heading)}: ${cellText(column.of(one))}`, columns))
        .map((line) => drawn(line, one))
        .join('\n'),
    )
    .join('\n\n')
