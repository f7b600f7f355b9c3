/** What a type's values are looked through as. Types that aren't here hold no text. */
export type ScanKind = 'text' | 'json' | 'jsonb' | 'xml' | 'array' | 'record' | 'structured'

/** Types of PostgreSQL itself, by OID. @see PostgreSQL source, src/include/catalog/pg_type.dat */
const builtin: readonly (readonly [kind: ScanKind, oids: readonly number[]])[] = [
  ['text', [19, 25, 705, 1042, 1043, 1790, 2275]], // name, text, unknown, bpchar, varchar, refcursor, cstring
  ['json', [114]],
  ['jsonb', [3802]],
  ['xml', [142]],
  ['array', [1003, 1009, 1014, 1015, 1263, 2201, 199, 3807, 143, 2287]],
  ['record', [2249]],
  ['structured', [3614, 3643, 4072, 4073]], // tsvector and jsonpath, and arrays of them
]

const builtinKinds = new Map(builtin.flatMap(([kind, oids]) => oids.map((oid) => [oid, kind] as const)))

/** The first OID of what did not come with the server. */
const FIRST_NORMAL = 16_384

/** What the catalog knows of added types: how to look through them, or null for those without text. */
export type AddedKinds = ReadonlyMap<number, ScanKind | null>

/** A type that did not come with the server; structurally the catalog's. */
export interface AddedType {
  readonly oid: number
  readonly name: string
  readonly type: string
  readonly category: string
  readonly base: number
  readonly element: number
}

/** Types of extensions that hold text among other things. */
const mixed = new Set(['hstore', 'ltree', 'lquery', 'ltxtquery'])

/** What added types hold: domains what they are made of, arrays what their elements do, composites perhaps anything. */
export const addedKinds = (types: readonly AddedType[]): AddedKinds => {
  const byOid = new Map(types.map((type) => [type.oid, type]))
  const kindOf = (oid: number, depth = 0): ScanKind | null => {
    const type = byOid.get(oid)
    if (!type || depth > 8) return oid < FIRST_NORMAL ? (builtinKinds.get(oid) ?? null) : null
    if (type.type === 'd') return kindOf(type.base, depth + 1)
    if (type.type === 'c') return 'record'
    if (type.element !== 0) return kindOf(type.element, depth + 1) === null ? null : 'array'
    if (type.type === 'r' || type.type === 'm') return 'structured'
    if (type.type === 'b' && type.category === 'S') return 'text'
    return mixed.has(type.name) ? 'structured' : null
  }
  return new Map(types.map(({ oid }) => [oid, kindOf(oid)]))
}

/** @returns undefined where the type holds no text; an added type that the catalog doesn't know yet may */
export const scanKindOf = (oid: number, added: AddedKinds): ScanKind | undefined => {
  if (oid < FIRST_NORMAL) return builtinKinds.get(oid)
  const kind = added.get(oid)
  return kind === undefined ? 'structured' : (kind ?? undefined)
}

const names: Readonly<Record<number, string>> = { 19: 'name', 1042: 'bpchar', 1043: 'varchar' }

/** The name of a type that bounds its values. */
export const boundedName = (oid: number): string => names[oid] ?? 'text'
