import type { AddedType, CatalogColumn, Relation } from '../catalog.js'
import { as, integer, isFields, list, text, words, type Fields } from '../tree.js'

/** OIDs of types that came with the server, by the names that the parser gives them. @see PostgreSQL source, pg_type.dat */
const builtin: Readonly<Record<string, number>> = {
  ...{ bool: 16, bytea: 17, int8: 20, int2: 21, int4: 23, text: 25, json: 114, float4: 700, float8: 701, bpchar: 1042 },
  ...{ varchar: 1043, date: 1082, time: 1083, timestamp: 1114, timestamptz: 1184, interval: 1186, timetz: 1266 },
  ...{ varbit: 1562, numeric: 1700, uuid: 2950, jsonb: 3802 },
}

/** A type and its `typmod`, -1 for none. */
interface Typed {
  readonly type: number
  readonly modifier: number
}

/** A numeric's precision and scale in its modifier. @see PostgreSQL source, numeric.c, make_numeric_typmod */
const numericModifier = (precision: number, scale: number): number => ((precision << 16) | (scale & 0x7ff)) + 4

/** How the values in a type's parentheses become its modifier, where that is known. */
const modifiers: Readonly<Record<string, (first: number, second: number) => number>> = {
  ...{ varchar: (most) => most + 4, bpchar: (length) => length + 4, varbit: (most) => most, numeric: numericModifier },
  // No more than microseconds are kept.
  ...Object.fromEntries(
    ['time', 'timetz', 'timestamp', 'timestamptz'].map((name) => [name, (digits: number) => Math.min(digits, 6)]),
  ),
}

/** What a type's name means, where only one type can be meant. */
const meant = (name: unknown, added: readonly AddedType[]): Typed | undefined => {
  if (!isFields(name) || list(name['arrayBounds']).length > 0 || name['setof'] === true) return undefined
  const [last = '', schema] = words(name['names']).toReversed()
  const same = added.filter((each) => each.name === last)
  const given = list(name['typmods']).map((each) => integer(as(each, 'A_Const')?.['ival']))
  if (!Object.hasOwn(builtin, last) || (schema ?? 'pg_catalog') !== 'pg_catalog')
    return same.length === 1 && given.length === 0 ? { type: same[0]!.oid, modifier: -1 } : undefined
  if (same.length > 0 || given.includes(undefined)) return undefined
  const type = builtin[last]!
  if (given.length === 0) return { type, modifier: -1 }
  const modifier = modifiers[last]?.(given[0]!, given[1] ?? 0)
  return modifier === undefined ? undefined : { type, modifier }
}

/** The part of a modifier that may grow, for types whose values stay as they are then; of numeric, under the same scale. */
const grows: Readonly<Record<number, (from: number, to: number) => boolean>> = {
  [builtin['varchar']!]: (from, to) => from >= 0 && from <= to,
  [builtin['varbit']!]: (from, to) => from > 0 && from <= to,
  [builtin['numeric']!]: (from, to) => from >= 4 && ((from - 4) & 0xffff) === ((to - 4) & 0xffff) && from <= to,
  ...Object.fromEntries(
    ['time', 'timetz', 'timestamp', 'timestamptz'].map((name) => [
      builtin[name]!,
      (from: number, to: number) => to >= 6 || (from >= 0 && from <= to),
    ]),
  ),
}

const texts: readonly number[] = [builtin['text']!, builtin['varchar']!]

/** Whether values are stored alike. @see PostgreSQL source, ATColumnChangeRequiresRewrite and the types' support functions */
const keeps = (from: Typed, to: Typed): boolean => {
  if (to.modifier === -1 && texts.includes(from.type) && texts.includes(to.type)) return true
  if (from.type !== to.type) return false
  return to.modifier === -1 || from.modifier === to.modifier || grows[to.type]?.(from.modifier, to.modifier) === true
}

/** USING that says what would be done anyway: the column itself, or a cast of it to the new type. */
const saysTheSame = (using: unknown, column: string, to: Typed, added: readonly AddedType[]): boolean => {
  const cast = as(using, 'TypeCast')
  const from = words(as(cast?.['arg'] ?? using, 'ColumnRef')?.['fields'])
  if (from.length !== 1 || from[0] !== column) return false
  if (!cast) return true
  const named = meant(cast['typeName'], added)
  return named?.type === to.type && named.modifier === to.modifier
}

const typed = ({ type, modifier }: CatalogColumn): Typed => ({ type, modifier })

/**
 * Whether ALTER COLUMN … TYPE leaves every stored value as it is, whichever of the tables is meant. Another collation changes
 * no value, and yet every index on the column is built anew under the same lock.
 * @param added types that did not come with the server
 */
export const keepsValues = (command: Fields, tables: readonly Relation[], added: readonly AddedType[]): boolean => {
  const definition = as(command['def'], 'ColumnDef')
  const name = text(command['name'])
  const to = definition && meant(definition['typeName'], added)
  if (!to || name === undefined || tables.length === 0 || definition['collClause'] !== undefined) return false
  const using = definition['raw_default']
  if (using !== undefined && !saysTheSame(using, name, to, added)) return false
  return tables.every(({ kind, columns }) => {
    const column = columns.find((each) => each.name === name)
    return 'rp'.includes(kind) && column !== undefined && keeps(typed(column), to)
  })
}
