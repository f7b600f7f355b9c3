import { codePoints, cut } from './characters.js'
import { kindOf } from './kind.js'
import type { ColumnType } from '../value-mask.js'

const textTypes = new Set(['text', 'varchar', 'bpchar', 'citext', 'name'])

/** Whether a value is a string of characters in both formats, so that parts of it can be kept. */
export const isText = (type: ColumnType): boolean => kindOf(type) === 'b' && textTypes.has(type.name)

/** The most characters that the type accepts: `varchar(n)` and `char(n)` keep n + 4 as their modifier. */
export const capacity = (type: ColumnType): number => {
  if (type.name === 'name') return 63
  return (type.name === 'varchar' || type.name === 'bpchar') && type.modifier >= 4 ? type.modifier - 4 : Infinity
}

/** Whether values are bytes as they are: of any length, without blanks that fill them up. */
export const isUnbounded = (type: ColumnType): boolean => capacity(type) === Infinity && type.name !== 'bpchar'

/** Cuts to what the type accepts; `char(n)` is filled up with blanks, as the server sends it. */
export const fit = (value: Buffer, type: ColumnType): Buffer => {
  const most = capacity(type)
  if (most === Infinity) return value
  const fitting = cut(value, most)
  const blanks = type.name === 'bpchar' ? most - codePoints(fitting) : 0
  return blanks > 0 ? Buffer.concat([fitting, Buffer.alloc(blanks, ' ')]) : fitting
}

/** The value without the blanks that fill up `char(n)`: they don't belong to it. */
export const unpadded = (value: Buffer, type: ColumnType): Buffer => {
  if (type.name !== 'bpchar') return value
  let end = value.length
  while (end > 0 && value[end - 1] === 0x20) end--
  return value.subarray(0, end)
}
