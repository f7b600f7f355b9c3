/** A column's type, as masks and the catalog know it. */
export interface ColumnType {
  readonly oid: number
  /** `pg_attribute.atttypmod`, or the domain's; -1 is none. */
  readonly modifier: number
  /** `pg_type.typname` of the type, or of a domain's base type: `text`, `varchar`, `int4`, `vector`, … */
  readonly name: string
  /** `b` base, `e` enum, `d` domain (base in name), `a` array, `c` composite, `r` range, `m` multirange. */
  readonly kind: 'b' | 'e' | 'd' | 'a' | 'c' | 'r' | 'm'
  /** For domains, the kind of what they are made of; a base type where it isn't said. */
  readonly base?: 'b' | 'e' | 'a' | 'c' | 'r' | 'm'
  /** For enums, labels that are valid. */
  readonly labels?: readonly string[]
  /** For arrays, the type of their elements. Their modifier is the array's. */
  readonly element?: ColumnType
}
