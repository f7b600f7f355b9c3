import type { Catalog } from '../catalog.js'
import { droppableKey } from '../effects/dropping.js'
import { resolve, written } from '../resolve.js'
import { all, as, isFields, isRangeVar, list, text, word, words, type Fields } from '../tree.js'
import type { Usage } from './usage.js'

const both = ['reads', 'writes'] as const

/** A table that leaves the name, schema or parent by which rules know it: what they forbid has to hold of the move. */
const moved = (usage: Usage, relation: unknown, name?: string, schema?: string): void => {
  if (!isFields(relation) || !isRangeVar(relation)) return
  const [oldSchema, oldName] = [text(relation['schemaname']), text(relation['relname']) ?? '']
  for (const role of both) {
    // All of it can be read by another name afterwards.
    const found = usage.relation(role, oldSchema, oldName, 'all')
    if (name !== undefined || schema !== undefined) usage.relation(role, schema ?? oldSchema, name ?? oldName, 'all')
    if (name !== undefined) for (const { oid } of found) usage.renamed.push([name, oid])
  }
}

const everywhere = (usage: Usage, schemas?: readonly (string | undefined)[]): void => {
  for (const role of both) for (const schema of schemas ?? ['*']) usage.everything(role, schema)
}

/** Whatever CASCADE takes along with a relation: views that read it, foreign keys that lead to it. */
const dependents = (usage: Usage, catalog: Catalog | undefined, dropped: Iterable<number>): void => {
  const { dependents: readers, cascades } = catalog?.effects ?? {}
  for (const oid of dropped)
    for (const reader of [...(readers?.get(oid) ?? []), ...(cascades?.truncate.get(oid) ?? [])]) {
      const relation = catalog?.relations.get(reader)
      if (relation) usage.use('writes', relation, 0)
    }
}

const inSchemas = (catalog: Catalog | undefined, schemas: readonly string[]): number[] =>
  [...(catalog?.relations.values() ?? [])].filter(({ schema }) => schemas.includes(schema)).map(({ oid }) => oid)

/** The relations that a RangeVar may mean. */
const named = (catalog: Catalog | undefined, relation: unknown): number[] => {
  if (!catalog || !isFields(relation)) return []
  return resolve(catalog, text(relation['schemaname']), text(relation['relname']) ?? '').map(({ oid }) => oid)
}

/** Kinds of objects on which only other relations depend; CASCADE on any other may change every table. */
const kept: ReadonlySet<unknown> = new Set([
  ...['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_FOREIGN_TABLE', 'OBJECT_INDEX'],
  ...['OBJECT_TRIGGER', 'OBJECT_RULE', 'OBJECT_POLICY', 'OBJECT_EVENT_TRIGGER', 'OBJECT_PUBLICATION'],
])

/** Named by their table and a word of their own. */
const within: ReadonlySet<unknown> = new Set(['OBJECT_TRIGGER', 'OBJECT_RULE', 'OBJECT_POLICY'])

/** What is renamed of a relation, and leaves it the name that it has. */
const parts: ReadonlySet<unknown> = new Set([...within, 'OBJECT_COLUMN', 'OBJECT_ATTRIBUTE', 'OBJECT_TABCONSTRAINT'])

/** Kinds of objects of which the catalog knows what depends on them. */
const followed: Readonly<Record<string, 'type' | 'function'>> = {
  ...{ OBJECT_TYPE: 'type', OBJECT_DOMAIN: 'type', OBJECT_FUNCTION: 'function', OBJECT_PROCEDURE: 'function' },
  ...{ OBJECT_ROUTINE: 'function', OBJECT_AGGREGATE: 'function' },
}

/** Columns of a type, and defaults, views, triggers and the like that use a type or function: the relations that have them. */
const cascade = (kind: 'type' | 'function', objects: unknown, usage: Usage, catalog: Catalog | undefined): void => {
  for (const object of list(objects)) {
    const names = words(as(object, 'TypeName')?.['names'] ?? as(object, 'ObjectWithArgs')?.['objname'])
    const [schema, name] = [names.at(-2), names.at(-1)]
    const all = name === undefined ? undefined : catalog?.effects?.droppable.get(droppableKey(kind, name))
    // A schema that doesn't have it may have got another name since.
    const exact = all?.filter((each) => schema === undefined || each.schema === schema) ?? []
    for (const { relations } of exact.length > 0 ? exact : (all ?? []))
      for (const oid of relations) {
        const relation = catalog?.relations.get(oid)
        if (relation) usage.use('writes', relation, 0)
        usage.details.add('drop column')
      }
    // What was made since the catalog was read may be in use by now.
    if (name !== undefined && catalog?.effects && !all) usage.unknown.add(written(schema, name))
    if (name === undefined || !catalog?.effects) usage.everything('writes')
  }
}

const leaving: ReadonlySet<unknown> = new Set([
  'AT_DetachPartition',
  'AT_DropInherit',
  'AT_AttachPartition',
  'AT_AddInherit',
])

type Handler = (fields: Fields, usage: Usage, catalog: Catalog | undefined) => void

const handlers: Readonly<Record<string, Handler>> = {
  RenameStmt: ({ renameType, relation, subname, newname }, usage) => {
    const name = text(newname)
    if (renameType === 'OBJECT_SCHEMA')
      everywhere(
        usage,
        [text(subname), name].filter((each) => each !== undefined),
      )
    else if (renameType === 'OBJECT_DATABASE') everywhere(usage)
    else if (parts.has(renameType)) moved(usage, relation)
    else moved(usage, relation, name)
  },
  AlterObjectSchemaStmt: ({ relation, newschema, objectType, object }, usage) => {
    moved(usage, relation, undefined, text(newschema))
    if (objectType === 'OBJECT_EXTENSION' && object !== undefined) everywhere(usage)
  },
  AlterTableStmt: ({ relation, cmds }, usage, catalog) => {
    for (const command of all(cmds, 'AlterTableCmd')) {
      if (command['behavior'] === 'DROP_CASCADE') dependents(usage, catalog, named(catalog, relation))
      if (!leaving.has(command['subtype'])) continue
      moved(usage, relation)
      moved(usage, as(command['def'], 'PartitionCmd')?.['name'] ?? as(command['def'], 'RangeVar'))
    }
  },
  DropStmt: ({ removeType, objects, behavior }, usage, catalog) => {
    const cascades = behavior === 'DROP_CASCADE'
    if (removeType === 'OBJECT_SCHEMA') {
      const schemas = list(objects).flatMap((each) => word(each) ?? [])
      for (const schema of schemas) usage.everything('writes', schema)
      if (cascades) dependents(usage, catalog, inSchemas(catalog, schemas))
    } else if (cascades && Object.hasOwn(followed, String(removeType))) {
      cascade(followed[String(removeType)]!, objects, usage, catalog)
    } else if (cascades && !kept.has(removeType)) {
      // It takes along columns of its types, defaults, views and triggers that call it, wherever they are.
      usage.everything('writes')
      if (removeType === 'OBJECT_EXTENSION') usage.details.add('drop column')
    } else if (cascades)
      for (const object of list(objects)) {
        const name = words(object).slice(0, within.has(removeType) ? -1 : undefined)
        const found = (catalog?.named.get(name.at(-1) ?? '') ?? []).filter(
          ({ schema }) => name.length < 2 || schema === name.at(-2),
        )
        dependents(
          usage,
          catalog,
          found.map(({ oid }) => oid),
        )
      }
  },
  DropOwnedStmt: (_fields, usage) => everywhere(usage),
  DropdbStmt: (_fields, usage) => everywhere(usage),
  ReassignOwnedStmt: (_fields, usage) => usage.everything('writes'),
  GrantStmt: ({ targtype, objtype, objects }, usage) => {
    if (targtype !== 'ACL_TARGET_ALL_IN_SCHEMA' && objtype !== 'OBJECT_SCHEMA') return
    if (targtype === 'ACL_TARGET_ALL_IN_SCHEMA')
      for (const schema of list(objects)) usage.everything('writes', word(schema) ?? '*')
  },
  CreatePublicationStmt: (fields, usage) => published(fields, usage),
  AlterPublicationStmt: (fields, usage) => published(fields, usage),
  VacuumStmt: ({ rels }, usage) => {
    if (list(rels).length === 0) usage.everything('writes')
  },
  ClusterStmt: ({ relation }, usage) => {
    if (relation === undefined) usage.everything('writes')
  },
  ReindexStmt: ({ kind, name }, usage) => {
    if (kind === 'REINDEX_OBJECT_SCHEMA') usage.everything('writes', text(name) ?? '*')
    else if (kind === 'REINDEX_OBJECT_SYSTEM' || kind === 'REINDEX_OBJECT_DATABASE') usage.everything('writes')
  },
}

/** What is published leaves the database by another way. */
const published = (fields: Fields, usage: Usage): void => {
  if (fields['for_all_tables'] === true) return everywhere(usage)
  for (const { pubobjtype: type, name, pubtable: table } of all(fields['pubobjects'], 'PublicationObjSpec')) {
    if (isFields(table)) moved(usage, table['relation'])
    else if (String(type).includes('SCHEMA')) everywhere(usage, [text(name)])
  }
}

/** Names an index by its table's: rules know no indexes. */
const indexes = (type: string, fields: Fields, usage: Usage, catalog: Catalog | undefined): void => {
  const dropped = type === 'DropStmt' && fields['removeType'] === 'OBJECT_INDEX'
  const rebuilt = type === 'ReindexStmt' && fields['kind'] === 'REINDEX_OBJECT_INDEX'
  const altered =
    (type === 'AlterTableStmt' && fields['objtype'] === 'OBJECT_INDEX') || fields['renameType'] === 'OBJECT_INDEX'
  const named: (readonly [string | undefined, string])[] = dropped
    ? list(fields['objects']).map((each) => [words(each).at(-2), words(each).at(-1) ?? ''])
    : (rebuilt || altered) && isFields(fields['relation'])
      ? [[text(fields['relation']['schemaname']), text(fields['relation']['relname']) ?? '']]
      : []
  for (const [schema, name] of named)
    for (const index of catalog?.effects?.indexes.get(name) ?? []) {
      if (schema !== undefined && index.schema !== schema) continue
      const table = catalog?.relations.get(index.table)
      if (table) usage.use('writes', table, 0)
      if (index.vector) usage.details.add('vector index')
      if (index.vector && dropped) usage.details.add('drop vector index')
    }
  // All of a table's or schema's indexes.
  if (type === 'ReindexStmt' && !rebuilt) {
    const relation = isFields(fields['relation']) ? text(fields['relation']['relname']) : undefined
    const tables = relation === undefined ? undefined : catalog?.named.get(relation)?.map(({ oid }) => oid)
    for (const each of catalog?.effects?.indexes.values() ?? [])
      if (each.some(({ table, vector }) => vector && (tables?.includes(table) ?? true)))
        usage.details.add('vector index')
  }
}

const isConcurrent = (fields: Fields): boolean =>
  fields['concurrent'] === true ||
  all(fields['params'], 'DefElem').some(({ defname, arg }) => {
    const value = isFields(arg)
      ? (word(arg) ?? (as(arg, 'Boolean')?.['boolval'] === false ? 'false' : undefined))
      : undefined
    return defname === 'concurrently' && !['false', 'off', '0'].includes(value?.toLowerCase() ?? 'true')
  })

const concurrency = (type: string, fields: Fields, usage: Usage): void => {
  if (type === 'IndexStmt' || type === 'ReindexStmt' || type === 'RefreshMatViewStmt')
    usage.concurrent(isConcurrent(fields))
  else if (type === 'DropStmt' && fields['removeType'] === 'OBJECT_INDEX') usage.concurrent(isConcurrent(fields))
  const method = type === 'IndexStmt' ? text(fields['accessMethod']) : undefined
  if (method === 'hnsw' || method === 'ivfflat') usage.details.add('vector index')
}

/** What a statement on objects does to relations beyond those that it names as such. */
export const objectsMoved = (type: string, fields: Fields, usage: Usage, catalog: Catalog | undefined): void => {
  handlers[type]?.(fields, usage, catalog)
  indexes(type, fields, usage, catalog)
  concurrency(type, fields, usage)
}
