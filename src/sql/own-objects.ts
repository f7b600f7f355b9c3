import type { Catalog } from './catalog.js'
import type { Usage } from './collect/usage.js'
import { kindOf } from './collect/kinds.js'
import type { Made, NamedObject } from './facts.js'
import { labelOf, written } from './resolve.js'
import { all, isFields, list, text, words, type Fields } from './tree.js'

const ofRangeVar = (relation: unknown): NamedObject | undefined => {
  if (!isFields(relation)) return undefined
  const [schema, name] = [text(relation['schemaname']), text(relation['relname'])]
  return name === undefined ? undefined : { ...(schema !== undefined && { schema }), name }
}

const made = (relation: unknown, onCommit: unknown, surely: boolean): readonly Made[] => {
  const named = ofRangeVar(relation)
  if (!named || !isFields(relation)) return []
  const temporary = relation['relpersistence'] === 't' || named.schema === 'pg_temp'
  // Where something else may have had the name already, nobody knows whose it is.
  if (!temporary && !surely) return []
  const until = !temporary || onCommit === 'ONCOMMIT_DROP' ? 'transaction' : 'session'
  return [{ ...(temporary ? { name: named.name } : named), temporary, until }]
}

const into = (clause: unknown, surely: boolean): readonly Made[] =>
  isFields(clause) ? made(clause['rel'], clause['onCommit'], surely) : []

const makers: Readonly<Record<string, (fields: Fields) => readonly Made[]>> = {
  CreateStmt: ({ relation, oncommit, if_not_exists: lenient }) => made(relation, oncommit, lenient !== true),
  CreateTableAsStmt: ({ into: clause, if_not_exists: lenient }) => into(clause, lenient !== true),
  SelectStmt: ({ intoClause }) => into(intoClause, true),
  ViewStmt: ({ view, replace }) => made(view, undefined, replace !== true),
  CreateSeqStmt: ({ sequence, if_not_exists: lenient }) => made(sequence, undefined, lenient !== true),
}

/** Tables, views and sequences that are there afterwards, and were made by this statement or are temporary. */
export const madeBy = (type: string, fields: Fields): readonly Made[] =>
  Object.hasOwn(makers, type) ? makers[type]!(fields) : []

const relations: ReadonlySet<unknown> = new Set(['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_SEQUENCE'])

/** Parts of ALTER TABLE that leave a table what it is, and all others alone. */
const inner: ReadonlySet<unknown> = new Set([
  ...['AT_AddColumn', 'AT_DropColumn', 'AT_AlterColumnType', 'AT_ColumnDefault', 'AT_SetNotNull', 'AT_DropNotNull'],
  ...['AT_DropConstraint', 'AT_SetLogged', 'AT_SetUnLogged', 'AT_DisableTrig', 'AT_DisableTrigAll'],
  ...['AT_DisableTrigUser', 'AT_DisableRowSecurity', 'AT_NoForceRowSecurity'],
])

/** Further parts that may concern other tables too, but give none another name, schema or parent. */
const keeping: ReadonlySet<unknown> = new Set([
  ...inner,
  ...['AT_AddConstraint', 'AT_ValidateConstraint', 'AT_AlterConstraint', 'AT_AddIndex', 'AT_AddIndexConstraint'],
  ...['AT_EnableRowSecurity', 'AT_ForceRowSecurity', 'AT_EnableTrig', 'AT_EnableTrigAll', 'AT_EnableTrigUser'],
  ...[
    'AT_SetStatistics',
    'AT_SetOptions',
    'AT_ResetOptions',
    'AT_SetStorage',
    'AT_SetCompression',
    'AT_ReplicaIdentity',
  ],
  ...['AT_SetRelOptions', 'AT_ResetRelOptions', 'AT_AddIdentity', 'AT_SetIdentity', 'AT_DropIdentity', 'AT_ClusterOn'],
  ...['AT_ChangeOwner', 'AT_DropExpression'],
])

/** Whether an ALTER surely leaves every relation its name: what the session made is still its own afterwards. */
export const keepsNames = (type: string, fields: Fields): boolean =>
  type === 'AlterTableStmt' && all(fields['cmds'], 'AlterTableCmd').every(({ subtype }) => keeping.has(subtype))

const named = (relation: unknown): readonly NamedObject[] => {
  const found = ofRangeVar(relation)
  return found ? [found] : []
}

const eachNamed = (of: unknown): readonly NamedObject[] => all(of, 'RangeVar').flatMap(named)

const changers: Readonly<Record<string, (fields: Fields) => readonly NamedObject[]>> = {
  UpdateStmt: ({ relation }) => named(relation),
  DeleteStmt: ({ relation }) => named(relation),
  IndexStmt: ({ relation }) => named(relation),
  ClusterStmt: ({ relation }) => named(relation),
  LockStmt: ({ relations: locked }) => eachNamed(locked),
  TruncateStmt: ({ relations: emptied }) => eachNamed(emptied),
  AlterTableStmt: ({ relation, cmds }) =>
    all(cmds, 'AlterTableCmd').every(({ subtype }) => inner.has(subtype)) ? named(relation) : [],
  DropStmt: ({ removeType, objects }) =>
    relations.has(removeType)
      ? list(objects).flatMap((object) => {
          const [name, schema] = [words(object).at(-1), words(object).at(-2)]
          return name === undefined ? [] : [{ ...(schema !== undefined && { schema }), name }]
        })
      : [],
}

const isTemporary = (schema: string): boolean => /^pg_temp_\d+$/.test(schema)

/** Whether no relation that others can see may be meant, however the search path stands. */
const isUnseen = (catalog: Catalog, { schema, name }: NamedObject): boolean =>
  schema === 'pg_temp' ||
  (catalog.renamed?.get(name) === undefined &&
    (catalog.named.get(name) ?? []).every(
      (relation) => catalog.made.has(relation.oid) || (schema === undefined && isTemporary(relation.schema)),
    ))

/**
 * All that a statement changes, where that is tables and views which it names, and which the catalog knows nobody else's
 * of by that name. They are the session's own where the session has made them; undefined where it changes anything else.
 * @param usage without what was followed from it
 */
export const changedAlone = (
  type: string,
  fields: Fields,
  usage: Usage,
  catalog: Catalog | undefined,
): readonly NamedObject[] | undefined => {
  if (!catalog || !Object.hasOwn(changers, type) || fields['behavior'] === 'DROP_CASCADE') return undefined
  const targets = changers[type]!(fields)
  const kinds = new Set([kindOf(type, fields), 'select', 'values'])
  // Views, functions, triggers and rules may do more than the statement says; dropping them runs none of it.
  const leads = type !== 'DropStmt' && usage.leads.length > 0
  if (targets.length === 0 || leads || [...usage.kinds].some((kind) => !kinds.has(kind))) return undefined
  const labels = new Set(targets.map(({ schema, name }) => written(schema, name)))
  const names = new Set(targets.map(({ name }) => name))
  for (const name of names)
    for (const relation of catalog.named.get(name) ?? [])
      if (catalog.made.has(relation.oid)) labels.add(labelOf(relation))
  const own = (label: string): boolean => {
    const [schema = '', name = ''] = label.split('.', 2)
    return labels.has(label) || (isTemporary(schema) && names.has(name))
  }
  return [...usage.writes].every(own) && targets.every((target) => isUnseen(catalog, target)) ? targets : undefined
}
