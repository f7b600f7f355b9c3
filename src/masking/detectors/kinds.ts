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

/** How to look through the types that came with the server. */
export const builtinKinds: ReadonlyMap<number, ScanKind> = new Map(
  builtin.flatMap(([kind, oids]) => oids.map((oid) => [oid, kind] as const)),
)

/** The first OID of what did not come with the server. */
export const FIRST_NORMAL = 16_384

/** What the catalog knows of added types: how to look through them, or null for those without text. */
export type AddedKinds = ReadonlyMap<number, ScanKind | null>

/** @returns undefined where the type holds no text; an added type that the catalog doesn't know yet may */
export const scanKindOf = (oid: number, added: AddedKinds): ScanKind | undefined => {
  if (oid < FIRST_NORMAL) return builtinKinds.get(oid)
  const kind = added.get(oid)
  return kind === undefined ? 'structured' : (kind ?? undefined)
}

const names: Readonly<Record<number, string>> = { 19: 'name', 1042: 'bpchar', 1043: 'varchar' }

/** The name of a type that bounds its values. */
export const boundedName = (oid: number): string => names[oid] ?? 'text'
