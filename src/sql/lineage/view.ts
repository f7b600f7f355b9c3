import type { Catalog } from '../catalog/types.js'
import { parse } from '../parser.js'
import { as } from '../tree.js'
import { type Mark } from './mark.js'
import { beginProof } from './begin.js'
import { viewActs } from './expressions/acting.js'
import { top } from './proof.js'
import { Refusal } from './refusal.js'
import { hidden } from './scope.js'
import { vet } from './vet.js'
import { bounded, TooComplex } from '../work.js'

export interface ViewReading {
  /** What each column shows; none where none shows anything. */
  readonly marks: readonly Mark[]
  /** Whether it uses a masked column, be it only in a condition. */
  readonly touchesMasked: boolean
  /** It can be noticed that its columns were computed. */
  readonly acts: boolean
}

/**
 * Reads a view: what each of its columns shows.
 * @param definition as `pg_get_viewdef` prints it, every name qualified
 * @returns why it can't be told, where it can't
 */
export const readView = (catalog: Catalog, definition: string, columns: number): ViewReading | string =>
  // What is stored has a bound of its own, whatever statement it is read for.
  bounded(0, () => read(catalog, definition, columns))

const read = (catalog: Catalog, definition: string, columns: number): ViewReading | string => {
  const parsed = parse(definition)
  const query = parsed.ok ? as(parsed.statements[0]?.node, 'SelectStmt') : undefined
  if (!query) return 'its definition can’t be parsed'
  const proof = beginProof(catalog, { default: 'allow' }, 'view')
  try {
    vet(catalog, query)
    proof.within(query)
    const shape = proof.query('SelectStmt', query, { ...top, flow: 'kept' })
    proof.complete(query, 'query')
    const column = hidden(shape)
    const { touchesMasked } = proof
    const acts = viewActs(catalog.routines, query)
    if (!shape.open && shape.columns.length === columns)
      return { marks: shape.columns.map(({ mark }) => mark), touchesMasked, acts }
    return column === undefined
      ? { marks: [], touchesMasked, acts }
      : `which of its columns show ${column} is not known`
  } catch (error) {
    if (error instanceof Refusal) return error.unproven.why
    if (error instanceof TooComplex) return 'it is too complex to be analysed'
    if (error instanceof RangeError) return 'it is nested too deeply'
    throw error
  }
}
