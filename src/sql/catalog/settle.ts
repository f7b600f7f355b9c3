import { type Steps, stepwise } from '../steps.js'
import { columnsOf as sourcesOf, type Mark } from '../lineage/mark.js'
import { readRoutine } from '../lineage/routine.js'
import { callActs } from '../lineage/expressions/acting.js'
import { readView, type ViewReading } from '../lineage/view.js'
import type { Reading } from './read/reading.js'
import type { Draft as DraftRelation } from './relation.js'
import { opaqueFunction, type DraftRoutines } from './routines.js'
import { mentions } from './mentions.js'
import { columnKey } from './masked.js'
import type { Catalog, CatalogColumn, MaskedColumn } from './types.js'

interface Draft extends Omit<Catalog, 'routines'> {
  readonly relations: ReadonlyMap<number, DraftRelation>
  readonly routines: DraftRoutines
  readonly masked: Map<string, MaskedColumn>
}

/** Each turn settles what rests on what the turn before settled; definitions nest no deeper than people write them. */
const TURNS = 20

function* routinesIn(catalog: Draft, { snapshot }: Reading): Steps<boolean> {
  let progress = false
  const returns = new Map(
    snapshot.added.flatMap(([, , , , kind, definition]) => (definition === null ? [] : [[definition, kind]])),
  )
  for (const routine of [...catalog.routines.added.values()].flat()) {
    if (routine.definition === undefined) continue
    yield
    const reading = readRoutine(catalog, routine.definition, returns.get(routine.definition) ?? 'p')
    if (!reading) continue
    delete routine.definition
    routine.safe = true
    routine.reads = reading.reads
    routine.acts = reading.acts
    if (reading.yields) routine.yields = reading.yields
    progress = true
  }
  return progress
}

/** A view's column shows a masked column as it is, under the view's own number, or something computed. */
const shown = (catalog: Draft, column: CatalogColumn, mark: Mark): CatalogColumn => {
  if (column.masked || mark.kind === 'clean') return column
  const base = mark.kind === 'masked' ? catalog.masked.get(columnKey(mark.table, mark.attribute)) : undefined
  return base ? { ...column, masked: base } : { ...column, derived: sourcesOf(mark) }
}

/** Of a view that can be taken as it is: nothing that it reads or calls has to do with masked columns. */
const plain = (catalog: Draft, relation: DraftRelation, definition: string): ViewReading | undefined => {
  const { routines } = catalog
  if (relation.opaque !== undefined || relation.bases.some(({ masked, opaque }) => masked || opaque !== undefined))
    return undefined
  const found = mentions(definition)
  const known = found?.functions.every(
    ([schema, name]) =>
      opaqueFunction(routines, schema ?? 'pg_catalog', name) === undefined &&
      (routines.added.get(name) ?? []).every(({ reads }) => reads.length === 0),
  )
  if (!found || known !== true) return undefined
  const acts = found.subqueries || found.functions.some(([, name]) => callActs(routines, name))
  return { marks: [], touchesMasked: false, acts }
}

function* viewsIn(catalog: Draft, pending: Map<DraftRelation, string>): Steps<boolean> {
  let progress = false
  for (const [relation, definition] of pending) {
    yield
    const waits = relation.bases.some((base) => pending.has(base))
    if (waits) continue
    const reading = plain(catalog, relation, definition) ?? readView(catalog, definition, relation.columns.length)
    if (typeof reading === 'string') {
      relation.opaque = reading
      continue
    }
    const { marks, touchesMasked, acts } = reading
    pending.delete(relation)
    progress = true
    delete relation.opaque
    relation.columns = relation.columns.map((column, index) =>
      shown(catalog, column, marks[index] ?? { kind: 'clean' }),
    )
    relation.masked = relation.columns.some((column) => column.masked ?? column.derived)
    relation.acts = relation.kind === 'v' && (acts || relation.bases.some((base) => base.acts))
    relation.touchesMasked = touchesMasked || relation.bases.some((base) => base.touchesMasked)
    for (const { attribute, masked } of relation.columns)
      if (masked) catalog.masked.set(columnKey(relation.oid, attribute), masked)
  }
  return progress
}

/**
 * Reads functions in SQL and views until nothing more becomes known: they may use each other. What is left stays opaque.
 */
export function* settle(catalog: Draft, reading: Reading): Steps<void> {
  const ruled = new Set(reading.snapshot.rules.map(([relation]) => relation))
  const pending = new Map<DraftRelation, string>()
  yield* stepwise(reading.definitions, ([oid, definition]) => {
    const relation = catalog.relations.get(oid)
    if (relation && !ruled.has(oid)) pending.set(relation, definition)
  })
  for (let turn = 0; turn < TURNS; turn++) {
    const routines = yield* routinesIn(catalog, reading)
    const views = yield* viewsIn(catalog, pending)
    if (!routines && !views) return
  }
}
