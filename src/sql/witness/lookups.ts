import type { Catalog } from '../catalog/types.js'
import { NotedMap, notedSet, type Notes } from './noted.js'

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** What the analysis of one statement, or of something stored, has looked up in the catalog. */
export class Lookups {
  /** Last names of relations. */
  readonly names = new Set<string>()
  /** Relations as they are written, for `to_regclass`. */
  readonly written = new Set<string>()
  /** Names of relations that are written without a schema. */
  readonly unqualified = new Set<string>()
  /** OIDs of relations. */
  readonly relations = new Set<number>()
  /** OIDs of tables of which it was asked what writing to them sets off. */
  readonly triggers = new Set<number>()
  /** OIDs of tables of which it was asked what refers to them, whatever it does then. */
  readonly keys = new Set<number>()
  /** OIDs of relations of which it was asked what reads them. */
  readonly readers = new Set<number>()
  /** Names of functions, procedures and aggregates. */
  readonly functions = new Set<string>()
  readonly operators = new Set<string>()
  readonly indexes = new Set<string>()
  /** Types that have to mean what they mean in the catalog. */
  readonly typeNames = new Set<string>()
  /** Whether it was asked what casts to or from a type do. */
  casts = false
  /** Whether something was found out about all relations at once. */
  everything = false

  /** Whether nothing was looked up. */
  get empty(): boolean {
    const sets = [this.names, this.relations, this.triggers, this.keys, this.readers, this.functions, this.operators]
    return !this.casts && !this.everything && this.indexes.size === 0 && sets.every(({ size }) => size === 0)
  }

  /** A relation that is found by the search path. */
  unqualifiedName(name: string): void {
    this.names.add(name)
    this.unqualified.add(name)
    this.written.add(quoted(name))
  }

  /** The catalog, as somebody sees it who looks it up by these. */
  through(catalog: Catalog): Catalog {
    const every = (): void => void (this.everything = true)
    const into = <Key>(keys: Set<Key>): Notes<Key> => ({ key: (key) => void keys.add(key), all: every })
    const [relation, reader, trigger] = [into(this.relations), into(this.readers), into(this.triggers)]
    const [key, index] = [into(this.keys), into(this.indexes)]
    const [called, operator] = [into(this.functions), into(this.operators)]
    const types: Notes<string> = { key: () => void (this.casts = true), all: () => void (this.casts = true) }
    const { routines, effects } = catalog
    return {
      ...catalog,
      asked: (schema, name) => {
        if (schema === undefined) return this.unqualifiedName(name)
        this.names.add(name)
        this.written.add(`${quoted(schema)}.${quoted(name)}`)
      },
      relations: new NotedMap(catalog.relations, relation),
      named: new NotedMap(catalog.named, into(this.names)),
      routines: {
        // What came with the server stays as it is: `builtin` and `scalar` tell of nothing else.
        ...routines,
        volatile: notedSet(routines.volatile, called),
        immutable: notedSet(routines.immutable, called),
        sets: notedSet(routines.sets, called),
        added: new NotedMap(routines.added, called),
        opaqueOperators: notedSet(routines.opaqueOperators, operator),
        opaqueTypes: notedSet(routines.opaqueTypes, types),
      },
      ...(effects && {
        effects: {
          ...effects,
          routines: new NotedMap(effects.routines, called),
          triggers: new NotedMap(effects.triggers, trigger),
          rules: new NotedMap(effects.rules, relation),
          views: new NotedMap(effects.views, relation),
          cascades: {
            delete: new NotedMap(effects.cascades.delete, trigger),
            update: new NotedMap(effects.cascades.update, trigger),
            truncate: new NotedMap(effects.cascades.truncate, key),
          },
          behind: {
            operators: new NotedMap(effects.behind.operators, operator),
            aggregates: new NotedMap(effects.behind.aggregates, called),
            casts: new NotedMap(effects.behind.casts, types),
          },
          indexes: new NotedMap(effects.indexes, index),
          below: new NotedMap(effects.below, relation),
          dependents: new NotedMap(effects.dependents, reader),
        },
      }),
    }
  }
}
