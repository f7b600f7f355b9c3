import type { Catalog, Relation } from './catalog.js'
import { mentions } from './catalog/mentions.js'
import type { Unproven } from './facts.js'
import { resolve } from './resolve.js'
import { all, as, isFields, isRangeVar, list, text, walk, type Fields } from './tree.js'

const schemas: ReadonlySet<string> = new Set(['pg_catalog', 'pg_toast'])

/**
 * Whether a view reads a catalog by itself. Its definition tells: of what can't be dropped, the server keeps no dependencies.
 * Definitions are printed with pg_catalog alone on the search path.
 */
const readsCatalog = (definition: string | undefined): boolean =>
  definition !== undefined &&
  (mentions(definition)?.relations.some(([schema = 'pg_catalog', name]) => schemas.has(schema) && /^pg_/.test(name)) ??
    true)

/** A catalog itself, or a view through which one could be written. */
const leadsToSystem = ({ effects }: Catalog, relation: Relation): boolean =>
  schemas.has(relation.schema) ||
  (relation.kind === 'v' && [relation, ...relation.bases].some(({ oid }) => readsCatalog(effects?.views.get(oid))))

/** The system relation that a name may mean, as written; the view pg_settings takes an UPDATE for a SET. */
const systemRelation = (node: unknown, catalog: Catalog | undefined): string | undefined => {
  if (!isFields(node) || !isRangeVar(node)) return undefined
  const [schema, name] = [text(node['schemaname']), text(node['relname']) ?? '']
  if (schema !== undefined && schemas.has(schema)) return name
  if (!catalog) return schema === undefined && name.startsWith('pg_') ? name : undefined
  return resolve(catalog, schema, name).some((relation) => leadsToSystem(catalog, relation)) ? name : undefined
}

const refusal = (subject: string, why: string): Unproven => ({ subject, why, code: 'CATALOG_PROTECTED' })

/** Statements that write rows, and where their target stands. */
const written: Readonly<Record<string, (fields: Fields) => readonly unknown[]>> = {
  InsertStmt: ({ relation }) => [relation],
  UpdateStmt: ({ relation }) => [relation],
  DeleteStmt: ({ relation }) => [relation],
  MergeStmt: ({ relation }) => [relation],
  CopyStmt: ({ relation, is_from }) => (is_from === true ? [relation] : []),
  TruncateStmt: ({ relations }) => list(relations).map((each) => as(each, 'RangeVar')),
}

const writes = (fields: Fields, catalog: Catalog | undefined): Unproven | undefined => {
  for (const type in fields) {
    const inner = fields[type]
    if (!Object.hasOwn(written, type) || !isFields(inner)) continue
    for (const target of written[type]!(inner)) {
      const name = systemRelation(target, catalog)
      if (name !== undefined)
        return refusal(
          name,
          `${name} is the server’s own; what it holds is changed by the commands that are made for it`,
        )
    }
  }
  return undefined
}

/** A view over one relation and nothing else: PostgreSQL writes through it. It may be written to before anybody knows it. */
const opensWay = (fields: Fields, catalog: Catalog | undefined): Unproven | undefined => {
  const from = list(as(as(fields, 'ViewStmt')?.['query'], 'SelectStmt')?.['fromClause'])
  const name = from.length === 1 ? systemRelation(as(from[0], 'RangeVar'), catalog) : undefined
  if (name === undefined) return undefined
  return refusal(name, `through a view over ${name} alone, the server’s own catalog could be written`)
}

/** Columns of tables that were made OF a type change with it, and nothing in the statement names them. */
const changesType = (fields: Fields): Unproven | undefined => {
  const [renamed, altered] = [as(fields, 'RenameStmt'), as(fields, 'AlterTableStmt')]
  const cascades =
    (renamed?.['renameType'] === 'OBJECT_ATTRIBUTE' && renamed['behavior'] === 'DROP_CASCADE') ||
    (altered?.['objtype'] === 'OBJECT_TYPE' &&
      all(altered['cmds'], 'AlterTableCmd').some(({ behavior }) => behavior === 'DROP_CASCADE'))
  return cascades
    ? refusal('ALTER TYPE', 'with CASCADE it changes the columns of tables that it doesn’t name')
    : undefined
}

/** The first change, anywhere in the statement, of what the reading of all statements rests on. */
export const protectedChange = (node: unknown, catalog: Catalog | undefined): Unproven | undefined => {
  let found: Unproven | undefined
  walk(node, (fields) => {
    found ??= writes(fields, catalog) ?? opensWay(fields, catalog) ?? (catalog && changesType(fields))
    return found === undefined
  })
  return found
}
