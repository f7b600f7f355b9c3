import type { Relation } from '../catalog/types.js'
import { isSensitive, resolve } from '../resolve.js'
import { all, as, isFields, isRangeVar, list, text, walk, words, type Fields } from '../tree.js'
import { indexing } from './indexing.js'
import type { Proof } from './proof.js'
import { unproven } from './refusal.js'

/** Whether a function of that name reads masked columns by itself. */
const reads = (proof: Proof, name: string): boolean =>
  proof.catalog.routines.added.get(name)?.some((routine) => routine.reads.length > 0) ?? false

/** Whether these fields may call a function that reads masked columns by itself. */
const callsReader = (proof: Proof, fields: Fields): boolean =>
  [...words(fields['funcname']).slice(-1), ...words(fields['fields']), ...words(fields['indirection'])].some((name) =>
    reads(proof, name),
  )

/** A function that reads masked columns and may be called somewhere in the tree. */
const readerIn = (proof: Proof, tree: unknown): boolean => {
  let found = false
  walk(tree, (fields) => {
    found ||= callsReader(proof, fields)
    return !found
  })
  return found
}

/** Whether the tree names a table with masks, one that can't be followed, or a function that reads one. */
export const namesSensitive = (proof: Proof, tree: unknown): boolean => {
  let found = false
  walk(tree, (fields) => {
    found ||= callsReader(proof, fields)
    if (isRangeVar(fields)) {
      found ||= resolve(proof.catalog, text(fields['schemaname']), text(fields['relname']) ?? '').some(isSensitive)
    }
    return !found
  })
  return found
}

/** Whether a view that the tree names uses a masked column, though nothing of it comes out: its errors may quote one. */
export const touchesMasked = (proof: Proof, tree: unknown): boolean => {
  let found = false
  walk(tree, (fields) => {
    if (!isRangeVar(fields)) return
    const relations = resolve(proof.catalog, text(fields['schemaname']), text(fields['relname']) ?? '')
    found ||= relations.some(({ touchesMasked }) => touchesMasked)
  })
  return found
}

const hasReference = (tree: unknown): boolean => {
  let found = false
  walk(tree, (fields) => {
    if (list(fields['fields']).length > 0) found = true
  })
  return found
}

const isMasked = (proof: Proof, table: unknown, column: string): boolean =>
  isFields(table) &&
  resolve(proof.catalog, text(table['schemaname']), text(table['relname']) ?? '').some((relation) =>
    relation.columns.some((each) => each.name === column && (each.masked ?? each.derived)),
  )

/** What a foreign key refers to that names no columns: the primary key, where that is known. */
const primaryKey = (proof: Proof, table: unknown): readonly string[] | undefined => {
  if (!isFields(table)) return undefined
  const keys = resolve(proof.catalog, text(table['schemaname']), text(table['relname']) ?? '').map(({ oid }) =>
    proof.catalog.effects?.primaryKeys.get(oid),
  )
  return keys.every((key) => key !== undefined) ? keys.flat() : undefined
}

/** A foreign key tells whether a value is there; on unmasked columns that is nothing. */
const foreignKeys = (proof: Proof, tree: unknown): void =>
  walk(tree, (fields) => {
    if (!isFields(fields['pktable'])) return
    const written = words(fields['pk_attrs'])
    const named = written.length > 0 ? written : primaryKey(proof, fields['pktable'])
    if (!named) throw unproven('a foreign key', 'it doesn’t say to which columns it refers', 'foreignKey')
    if (named.some((column) => isMasked(proof, fields['pktable'], column))) return
    proof.accountAll(fields['pktable'])
  })

/** A new column that is not computed from others shows nothing of them. */
const addsColumn = (command: Fields): boolean =>
  command['subtype'] === 'AT_AddColumn' &&
  all(as(command['def'], 'ColumnDef')?.['constraints'], 'Constraint').every((constraint) =>
    ['CONSTR_DEFAULT', 'CONSTR_NULL', 'CONSTR_NOTNULL'].includes(String(constraint['contype'])),
  )

export type DefinitionRule = (proof: Proof, fields: Fields) => void

/** Tables of the database's own: a foreign one goes by its columns' names to what it reads elsewhere. */
const isOwn = ({ kind }: Relation): boolean => kind === 'r' || kind === 'p'

/** A column that isn't masked, in any table that may be meant: masks go by numbers, and all others stay where they are. */
const renamesPlainly = (proof: Proof, { renameType, relation, subname }: Fields): boolean => {
  const { effects, relations } = proof.catalog
  if (renameType !== 'OBJECT_COLUMN' || !isFields(relation) || !effects) return false
  const name = text(subname)
  return resolve(proof.catalog, text(relation['schemaname']), text(relation['relname']) ?? '').every((table) => {
    const below = (effects.below.get(table.oid) ?? []).map((oid) => relations.get(oid))
    return [table, ...below].every((each) => {
      const column = each?.columns.find((own) => own.name === name)
      // A trigger finds columns by their names: under other ones it would take one for another.
      const settled = each && isOwn(each) && each.opaque === undefined && !effects.triggers.has(each.oid)
      return settled && !column?.masked && !column?.derived
    })
  })
}

/** Ticks off every table: the statement names it and shows nothing of what is in it. */
const harmless: DefinitionRule = (proof, fields) => {
  if (!hasReference(fields)) proof.accountAll(fields)
}

/** What may be done to tables with masks beyond reading and writing rows. What is not here is refused. */
export const definitions: Record<string, DefinitionRule> = {
  ...Object.fromEntries(
    ['TruncateStmt', 'LockStmt', 'VacuumStmt', 'ReindexStmt', 'DropStmt', 'GrantStmt', 'CommentStmt']
      .concat(['SecLabelStmt', 'RefreshMatViewStmt'])
      .map((type) => [type, harmless]),
  ),
  IndexStmt: (proof, fields) => {
    indexing(proof, fields)
    harmless(proof, fields)
  },
  CreateStmt: (proof, fields) => {
    foreignKeys(proof, fields)
    const { inhRelations, tableElts, ...rest } = fields
    if (inhRelations === undefined && all(tableElts, 'TableLikeClause').length === 0) {
      proof.accountAll(rest)
      walk(tableElts, (each) => {
        // Defaults and checks speak of this table's own columns.
        if (list(each['fields']).length > 0) proof.account(each)
      })
    }
  },
  AlterTableStmt: (proof, fields) => {
    if (!namesSensitive(proof, fields['relation'])) {
      foreignKeys(proof, fields)
      proof.accountAll(fields['relation'])
    } else if (all(fields['cmds'], 'AlterTableCmd').every(addsColumn)) harmless(proof, fields)
  },
  RenameStmt: (proof, fields) => {
    if (fields['renameType'] !== 'OBJECT_TABCONSTRAINT' && !renamesPlainly(proof, fields))
      throw unproven(
        'Rename',
        'of a table with masked columns, only columns that aren’t masked get other names here, and where it has triggers none',
        'definition',
      )
    harmless(proof, fields)
  },
}

/** @throws {Refusal} */
export const definition = (proof: Proof, type: string, fields: Fields): void => {
  const rule = Object.hasOwn(definitions, type) ? definitions[type] : undefined
  if (!rule) {
    throw unproven(
      type.replace(/Stmt$/, ''),
      'this kind of statement is not allowed on a table with masked columns, or one that shows them',
      'definition',
    )
  }
  // A default, a check or an index would keep what the function reads, or ask it again for everybody.
  if (readerIn(proof, fields))
    throw unproven('a function', 'it reads masked columns, and a definition would keep them', 'definition')
  rule(proof, fields)
}
