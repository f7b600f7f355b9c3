import type { ColumnType } from '../value-mask.js'

/** What a type is in the end: a domain is written as what it is made of. */
export const kindOf = ({ kind, base }: ColumnType): Exclude<ColumnType['kind'], 'd'> =>
  kind === 'd' ? (base ?? 'b') : kind
