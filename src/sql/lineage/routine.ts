import type { Catalog } from '../catalog/types.js'
import { parse } from '../parser.js'
import { all, as, isFields, items, text, unwrap, words, type Fields } from '../tree.js'
import { columnsOf, combine, clean, type Mark } from './mark.js'
import { beginProof } from './begin.js'
import { bodyActs } from './expressions/acting.js'
import { top, type Place, type Proof } from './proof.js'
import { Refusal } from './refusal.js'
import { itemOf } from './scope.js'
import { sideEffectIn } from './side-effects.js'
import { vet } from './vet.js'
import { bounded, TooComplex } from '../work.js'

/** What is known of a routine whose definition can be read. */
export interface RoutineReading {
  readonly reads: readonly string[]
  /** As in AddedRoutine; undefined where nobody knows. */
  readonly yields: readonly string[] | undefined
  /** It can be noticed that it has run. */
  readonly acts: boolean
}

const inputs: ReadonlySet<string> = new Set([
  'FUNC_PARAM_IN',
  'FUNC_PARAM_DEFAULT',
  'FUNC_PARAM_INOUT',
  'FUNC_PARAM_VARIADIC',
])
const outputs: ReadonlySet<string> = new Set(['FUNC_PARAM_OUT', 'FUNC_PARAM_INOUT', 'FUNC_PARAM_TABLE'])

const parameters = (created: Fields, modes: ReadonlySet<string>): readonly string[] =>
  all(created['parameters'], 'FunctionParameter').flatMap((each) =>
    modes.has(String(each['mode'])) ? [text(each['name']) ?? ''] : [],
  )

/** The statements of a body, be it a text or BEGIN ATOMIC. */
const statements = (created: Fields): readonly unknown[] | undefined => {
  const body = created['sql_body']
  if (isFields(body)) return flat(body)
  const option = all(created['options'], 'DefElem').find((each) => each['defname'] === 'as')
  const source = words(option?.['arg'])
  const parsed = source.length === 1 ? parse(source[0]!) : undefined
  return parsed?.ok ? parsed.statements.map(({ node }) => node) : undefined
}

const flat = (node: unknown): readonly unknown[] => (as(node, 'List') ? items(node).flatMap(flat) : [node])

/** What the last statement of a body gives back. */
const result = (proof: Proof, node: unknown, place: Place): Mark | undefined => {
  const [type, fields] = unwrap(node) ?? []
  if (type === 'ReturnStmt') return combine([proof.value(fields?.['returnval'], place)])
  if (type !== 'SelectStmt' || !fields) return undefined
  return combine(proof.query(type, fields, place).columns.map(({ mark }) => mark))
}

/** `IMMUTABLE`: the server may call it once and keep the value, in a plan that EXPLAIN shows for example. */
const isImmutable = (created: Fields): boolean =>
  all(created['options'], 'DefElem').some(
    ({ defname, arg }) => defname === 'volatility' && words([arg]).at(-1) === 'immutable',
  )

/** Kinds of types whose values have no columns (`pg_type.typtype`): base, enum, range, multirange. */
const plainTypes: ReadonlySet<string> = new Set(['b', 'e', 'r', 'm'])

/**
 * The columns that it yields in FROM. A row type, or a domain over one, yields those of the row, be it the only parameter
 * that comes out; of several parameters each is one column.
 */
const yieldsOf = (named: readonly string[], returns: string): readonly string[] | undefined => {
  if (named.length > 1) return named
  return plainTypes.has(returns) ? named : undefined
}

/**
 * Reads a function in SQL: which masked columns its result is computed from. Its arguments are columns to it, not
 * constants, as whoever calls it may pass another value with each row.
 * @param definition as `pg_get_functiondef` prints it
 * @param returns `pg_type.typtype` of what it returns
 * @returns undefined where it can't be read, or does anything but read and compute
 */
export const readRoutine = (catalog: Catalog, definition: string, returns: string): RoutineReading | undefined => {
  // What is stored has a bound of its own, whatever statement it is read for.
  try {
    return bounded(0, () => read(catalog, definition, returns))
  } catch (error) {
    if (error instanceof Refusal || error instanceof RangeError || error instanceof TooComplex) return undefined
    throw error
  }
}

const read = (catalog: Catalog, definition: string, returns: string): RoutineReading | undefined => {
  const parsed = parse(definition)
  const created = parsed.ok ? as(parsed.statements[0]?.node, 'CreateFunctionStmt') : undefined
  const body = created && statements(created)
  if (!created || !body || body.length === 0) return undefined
  if (sideEffectIn(catalog.routines, body) !== undefined) return undefined
  const name = words(created['funcname']).at(-1)
  const columns = parameters(created, inputs).map((each) => ({ name: each, mark: clean }))
  const own = itemOf({ name, columns, open: false, bare: false, table: false, ambiguous: false })
  const proof = beginProof(catalog, { default: 'equality' }, 'routine')
  // What a call leaves out is computed by these.
  vet(catalog, created['parameters'])
  proof.within(created)
  for (const { defexpr } of all(created['parameters'], 'FunctionParameter'))
    proof.untainted(defexpr, top, 'as a default of an argument', 'definition')
  const marks = body.map((node) => {
    vet(catalog, node)
    const mark = result(proof, node, { ...top, scope: { items: [own], outer: undefined } })
    if (mark) proof.complete(node, 'query')
    return mark
  })
  const last = marks.at(-1)
  if (!last || marks.includes(undefined)) return undefined
  if (last.kind !== 'clean' && isImmutable(created)) return undefined
  const acts = bodyActs(catalog.routines, [body, created['parameters']])
  return { reads: columnsOf(last), yields: yieldsOf(parameters(created, outputs), returns), acts }
}
