import { mapped, type Steps, stepwise } from '../steps.js'
import type { Reading } from './read/reading.js'
import type { KnownName } from './types.js'

/** Names that are followed. */
export interface FollowedNames {
  /** `schema.table.column` */
  readonly columns: readonly string[]
  /** `schema.table`, or `table` and `schema.*`, which mean whatever has such a name */
  readonly relations: readonly string[]
}

const splitColumn = (name: string): readonly [relation: string, column: string] => {
  const at = name.lastIndexOf('.')
  return [name.slice(0, at), name.slice(at + 1)]
}

const columnOf = (reading: Reading, name: string): readonly [relation: number, attribute: number] | undefined => {
  const [label, column] = splitColumn(name)
  const relation = reading.byLabel.get(label)
  const attribute =
    relation === undefined ? undefined : reading.columns(relation).find(([, each]) => each === column)?.[0]
  return relation === undefined || attribute === undefined ? undefined : [relation, attribute]
}

/** Relations that are followed by names without a schema, or by their schema. There may be as many as the database has. */
const MAX_MATCHES = 10_000

function* matching(reading: Reading, names: readonly string[]): Steps<readonly string[]> {
  const full = names.filter((name) => name.includes('.') && !name.endsWith('.*'))
  const schemas = new Set(names.flatMap((name) => (name.endsWith('.*') ? [name.slice(0, -2)] : [])))
  const last = new Set(names.filter((name) => !name.includes('.')))
  if (schemas.size === 0 && last.size === 0) return full
  const matches = yield* mapped(reading.rows.values(), ([oid, schema, name]) =>
    oid >= 16_384 && (schemas.has(schema) || last.has(name)) ? [`${schema}.${name}`] : [],
  )
  return [...full, ...matches.slice(0, MAX_MATCHES)]
}

/** By the names that objects have now. */
function* named(reading: Reading, { columns, relations }: FollowedNames): Steps<readonly KnownName[]> {
  const { identity } = reading
  return [
    ...(yield* mapped(columns, (entry) => {
      const found = columnOf(reading, entry)
      return found ? [{ entry, identity, relation: found[0], attribute: found[1], name: entry }] : []
    })),
    ...(yield* mapped(yield* matching(reading, relations), (entry) => {
      const relation = reading.byLabel.get(entry)
      return relation === undefined ? [] : [{ entry, identity, relation, attribute: 0, name: entry }]
    })),
  ]
}

/** What is remembered, as it is now: by OID in the same database, by the name it had last in another. */
const again = (reading: Reading, known: KnownName): readonly KnownName[] => {
  const { identity } = reading
  if (known.identity !== identity) {
    const found = known.attribute === 0 ? reading.byLabel.get(known.name) : columnOf(reading, known.name)
    if (found === undefined) return []
    const [relation, attribute] = typeof found === 'number' ? [found, 0] : found
    return [{ ...known, identity, relation, attribute }]
  }
  const row = reading.rows.get(known.relation)
  if (!row) return []
  const label = `${row[1]}.${row[2]}`
  if (known.attribute === 0) return [{ ...known, name: label }]
  const column = reading.columns(known.relation).find(([attribute]) => attribute === known.attribute)
  return column ? [{ ...known, name: `${label}.${column[1]}` }] : []
}

export const keyOf = ({ entry, identity, relation, attribute }: KnownName): string =>
  JSON.stringify([identity, relation, attribute, entry])

/** What names mean in a snapshot, by what they are called and by what is remembered of them; those of their own name first. */
export function* knownIn(
  reading: Reading,
  followed: FollowedNames,
  remembered: readonly KnownName[],
): Steps<readonly KnownName[]> {
  const known = new Map<string, KnownName>()
  const all = [...(yield* named(reading, followed)), ...(yield* mapped(remembered, (each) => again(reading, each)))]
  yield* stepwise(all, (each) => {
    const key = keyOf(each)
    if (!known.has(key)) known.set(key, each)
  })
  return [...known.values()]
}
