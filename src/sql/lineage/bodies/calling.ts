import { opaqueFunction } from '../../catalog/routines.js'
import type { AddedRoutine, Catalog } from '../../catalog/types.js'
import { unwrap } from '../../tree.js'

/**
 * Statements that call what they name, and store nothing by which something masked could be given to it later. Where such a
 * statement names nothing masked, nothing masked is given to what it calls.
 */
const calling: ReadonlySet<string> = new Set([
  ...['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'CallStmt', 'DoStmt', 'ExplainStmt'],
  ...['PrepareStmt', 'DeclareCursorStmt', 'CreateTableAsStmt', 'CopyStmt', 'CreateTrigStmt'],
])

/** Whether a statement that names nothing masked may call functions which only have nothing to do with anything masked. */
export const onlyCalls = (node: unknown): boolean => calling.has(unwrap(node)?.[0] ?? '')

const readsNothing = (catalog: Catalog, schema: string, name: string): boolean =>
  opaqueFunction(catalog.routines, schema, name, isHarmless(catalog, name)) === undefined &&
  (catalog.routines.added.get(name) ?? []).every(({ reads }) => reads.length === 0)

/** Whether functions behind an operator or aggregate have nothing to do with anything masked. */
export const harmlessBehind = (catalog: Catalog, of: 'operators' | 'aggregates', name: string): boolean => {
  const behind = catalog.effects?.behind[of].get(name)
  return behind?.every(([schema, called]) => readsNothing(catalog, schema, called)) ?? false
}

/** Which functions of that name have nothing to do with anything masked, though they may do something with what they are given. */
export const isHarmless =
  (catalog: Catalog, name: string) =>
  (routine: AddedRoutine): boolean =>
    routine.kind === 'a'
      ? harmlessBehind(catalog, 'aggregates', name)
      : routine.readable && catalog.routines.harmless().has(name)
