import type { Parameter, ResultColumn, ResultEvent } from '../../lib/api/session-events.js'
import type { Screen } from './screen.js'
import { showBytes, showCount, showValue, unkeptWords } from './values.js'

/** Types whose values stand to the right, as psql aligns them: int2, int4, int8, oid, float4, float8, numeric, money. */
const rightAligned = new Set([20, 21, 23, 26, 700, 701, 1700, 790])

/** Widest cell, columns. */
const widest = 60

interface Cell {
  readonly text: string
  readonly right: boolean
  readonly faint: boolean
}

/** A result's first rows as psql's aligned table, masked columns marked, and a line about the rest. */
export function showRows(screen: Screen, result: ResultEvent, limit: number): string[] {
  const { columns, rowsSeen, unkept, copySeen } = result
  const why = unkept === undefined ? '' : `, ${unkeptWords[unkept]}`
  if (!rowsSeen && unkept && copySeen === undefined && result.rows > 0 && limit > 0)
    return [screen.paint('dim', `… ${showCount(result.rows, 'row')}${why}`)]
  if (!columns || !rowsSeen || columns.length === 0 || limit === 0) return []
  const shown = rowsSeen.slice(0, limit)
  const headings = columns.map((column) => heading(screen, column))
  const cells = shown.map((row) => columns.map((column, i) => cell(screen, column, row[i] ?? null)))
  const widths = headings.map((text, i) =>
    Math.max(screen.width(text), ...cells.map((row) => screen.width(row[i]?.text ?? ''))),
  )
  const lines = [
    ' ' + headings.map((text, i) => screen.paint('bold', padTo(screen, text, widths[i] ?? 0, false))).join(' | '),
    widths.map((width) => '-'.repeat(width + 2)).join('+'),
    ...cells.map((row) => ' ' + row.map((value, i) => show(screen, value, widths[i] ?? 0)).join(' | ')),
  ]
  const more = result.rows - shown.length
  if (more > 0) lines.push(screen.paint('dim', `… ${showCount(more, 'more row')}${rowsSeen.length > limit ? '' : why}`))
  return lines.map((line) => line.trimEnd())
}

const heading = (screen: Screen, { name, mask, detected = [] }: ResultColumn): string => {
  const text = showValue(screen, name, widest)
  if (mask !== undefined) return `${text} [masked: ${showValue(screen, mask, widest)}]`
  return detected.length === 0 ? text : `${text} [detected: ${showValue(screen, detected.join(', '), widest)}]`
}

const cell = (screen: Screen, column: ResultColumn, value: Parameter): Cell => ({
  text: showValue(screen, value, widest),
  right: rightAligned.has(column.type),
  faint: value === null,
})

const padTo = (screen: Screen, text: string, columns: number, right: boolean): string => {
  const space = ' '.repeat(Math.max(0, columns - screen.width(text)))
  return right ? space + text : text + space
}

const show = (screen: Screen, { text, right, faint }: Cell, columns: number): string => {
  const padded = padTo(screen, text, columns, right)
  return faint ? screen.paint('dim', padded) : padded
}

/** The beginning of a COPY stream as the client saw it. */
export function showCopy(screen: Screen, { copySeen, bytes, unkept }: ResultEvent, limit: number): string[] {
  if (copySeen === undefined || limit === 0) return []
  const data = Buffer.from(copySeen, 'base64')
  const binary = data.subarray(0, 6).toString('latin1') === 'PGCOPY'
  const lines = binary ? [`\\x${data.toString('hex', 0, 64)}`] : data.toString().split('\n')
  const shown = lines.slice(0, limit).filter((line) => line !== '')
  const left = bytes - (binary ? 64 : Buffer.byteLength(lines.slice(0, limit).join('\n')) + 1)
  return [
    ...shown.map((line) => showValue(screen, line, 2 * widest)),
    ...(left > 0
      ? [screen.paint('dim', `… ${showBytes(left)} more${unkept === undefined ? '' : `, ${unkeptWords[unkept]}`}`)]
      : []),
  ]
}
