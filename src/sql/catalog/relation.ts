import { columnKey } from './masked.js'
import { mentions } from './mentions.js'
import type { RelationRow } from './read/queries.js'
import type { Reading } from './read/reading.js'
import type { CatalogColumn, MaskedColumn, Relation } from './types.js'

/** A relation that may still change while the catalog is made. */
export type Draft = { -readonly [Key in keyof Relation]: Relation[Key] }

const none: Relation[] = []

interface Made {
  readonly masked: boolean
  readonly opaque: string | undefined
  /** Names that a policy knows it by, beside its own. */
  readonly formerly: readonly string[] | undefined
  readonly columns: () => readonly CatalogColumn[]
}

/** What is seldom asked for, it makes when it is. */
export class SnapshotRelation implements Draft {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly kind: string
  readonly identity: string
  readonly triggers?: string
  readonly rowSecurity: boolean
  bases: readonly Relation[] = none
  ancestors: readonly Relation[] = none
  masked: boolean
  touchesMasked?: boolean
  acts?: boolean
  opaque?: string
  formerly?: readonly string[]
  readonly #row: RelationRow
  readonly #reading: Reading
  #columns: readonly CatalogColumn[] | (() => readonly CatalogColumn[])
  #version: string | undefined

  constructor(reading: Reading, row: RelationRow, { masked, opaque, formerly, columns }: Made) {
    this.#row = row
    this.#reading = reading
    this.#columns = columns
    ;[this.oid, this.schema, this.name, this.kind, , , this.identity, this.rowSecurity] = row
    const triggers = reading.triggers.get(this.oid)
    if (triggers !== undefined) this.triggers = triggers
    this.masked = masked
    if (opaque !== undefined) this.opaque = opaque
    if (formerly !== undefined) this.formerly = formerly
  }

  get columns(): readonly CatalogColumn[] {
    if (typeof this.#columns === 'function') this.#columns = this.#columns()
    return this.#columns
  }

  set columns(columns: readonly CatalogColumn[]) {
    this.#columns = columns
  }

  get version(): string {
    return (this.#version ??= this.#reading.version(this.#row))
  }
}

/** The columns of a relation; a generated one shows the masked columns that its expression names. */
export const columnsOf = (
  reading: Reading,
  oid: number,
  masked: ReadonlyMap<string, MaskedColumn>,
  formerly: ReadonlyMap<string, readonly string[]>,
): readonly CatalogColumn[] => {
  const columns = reading.columns(oid)
  const hidden = new Map(columns.map(([attribute, name]) => [name, masked.get(columnKey(oid, attribute))?.column]))
  return columns.map(([attribute, name, type, modifier, generated]) => {
    const mask = masked.get(columnKey(oid, attribute))
    const expression = generated === '' ? undefined : (reading.expression(oid, attribute) ?? '')
    const used = expression === undefined ? [] : (mentions(`SELECT ${expression}`)?.columns ?? [...hidden.keys()])
    const former = formerly.get(columnKey(oid, attribute))
    const sources = [...new Set(used.flatMap((each) => hidden.get(each) ?? []))]
    return {
      attribute,
      name,
      type,
      modifier,
      generated: generated !== '',
      ...(mask ? { masked: mask } : {}),
      ...(former ? { formerly: former } : {}),
      ...(sources.length > 0 && !mask ? { derived: sources } : {}),
    }
  })
}
