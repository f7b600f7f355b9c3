import type { Catalog } from '../catalog/types.js'
import type { StatementFacts, Unproven, Output } from '../facts.js'
import { parse } from '../parser.js'
import { createdBody, doBody } from '../parser/plpgsql.js'
import { protectedChange } from '../protected.js'
import { namedBy } from '../naming.js'
import { deniedName } from '../resolve.js'
import { pinnedSetting } from '../settings.js'
import { as, isRangeVar, text, unwrap, walk, type Fields } from '../tree.js'
import { command, yieldsOrRuns } from './commands.js'
import { namesSensitive, touchesMasked } from './definitions.js'
import { isQuiet } from './failing.js'
import { caught } from './handlers.js'
import { keyQuestions } from './keys.js'
import type { PredicatePolicy } from './predicates.js'
import { beginProof } from './begin.js'
import type { Proof } from './proof.js'
import { Refusal, unproven } from './refusal.js'
import { changesSettings } from './side-effects.js'
import { vet } from './vet.js'
import { clean } from './mark.js'
import { hidden, type Shape } from './scope.js'

/**
 * The output columns as the client gets them, in order; undefined where their number is not known and none is masked.
 * @throws {Refusal} where it can't be told which of them is masked
 */
const outputsOf = (shape: Shape): readonly Output[] | undefined => {
  const column = hidden(shape)
  if (shape.open) {
    if (column !== undefined) throw unproven(column, 'its place among the output columns is not known', 'names')
    return undefined
  }
  // What a policy shows is hidden wherever it would be kept; it may only leave.
  return shape.columns.map(({ mark, distance }) => (distance?.right === 'show' ? clean : mark))
}

export type { PredicatePolicy } from './predicates.js'

type Proved = Pick<
  StatementFacts,
  'touchesMasked' | 'quiet' | 'outputs' | 'names' | 'unproven' | 'defines' | 'runs' | 'nearest' | 'guesses'
>

/** A DO block is a program: it may use anything but masked tables, and nothing that can't be read off. */
const block = (proof: Proof, fields: Fields): void => {
  const body = doBody(fields)
  if (body.dynamic) throw unproven('DO', 'it runs SQL that can’t be read off its text', 'block')
  for (const { sql } of body.statements) {
    const parsed = parse(sql)
    if (!parsed.ok) throw unproven('DO', 'a statement in it can’t be parsed', 'block')
    for (const { node } of parsed.statements) {
      const { runs, touchesMasked: touches, unproven: inside } = examine(proof, node)
      if (inside) throw new Refusal(inside)
      // Also what was put off by a deferred constraint.
      if (body.catches === true && (touches || as(node, 'ConstraintsSetStmt'))) throw caught
      if (runs || keyQuestions(proof, node) || namesSensitive(proof, node))
        throw unproven('DO', 'it uses a table with masked columns, or one whose foreign keys tell of them', 'block')
    }
  }
}

const namesDenied = (tree: unknown): boolean => {
  let found = false
  walk(tree, (fields) => {
    if (isRangeVar(fields))
      found ||= deniedName(text(fields['schemaname']), text(fields['relname']) ?? '') !== undefined
  })
  return found
}

/** @throws {Refusal} */
const examine = (proof: Proof, node: unknown): Proved => {
  const kept = unchanged(node, proof.catalog)
  if (kept) return { touchesMasked: false, unproven: kept }
  const [type, fields] = unwrap(node) ?? []
  if (type === undefined || !fields) throw unproven('a statement', 'it can’t be read', 'query')
  const asks = keyQuestions(proof, node)
  vet(proof.catalog, node)
  proof.settingsChange ||= changesSettings(node)
  const body = as(node, 'DoStmt')
  if (body) block(proof, body)
  const named = namedBy(type, fields)
  const { defines, runs } = named
  if (!namesSensitive(proof, node) && !namesDenied(node)) {
    refuseStored(node)
    const guesses = proof.guesses.length > 0 && { guesses: proof.guesses }
    return { touchesMasked: asks || runs !== undefined || touchesMasked(proof, node), ...named, ...guesses }
  }
  const shape = command(proof, type, fields)
  proof.complete(node, yieldsOrRuns(type) ? 'query' : 'definition')
  const outputs = shape && outputsOf(shape)
  const more = {
    ...(isQuiet(proof, node) && ({ quiet: true } as const)),
    ...(proof.nearest.length > 0 && { nearest: proof.nearest }),
    ...(proof.guesses.length > 0 && { guesses: proof.guesses }),
  }
  if (defines) return { touchesMasked: true, defines: { ...defines, ...(outputs && { outputs }) }, ...more }
  const names = type === 'CopyStmt' && outputs ? { names: shape.columns.map(({ name }) => name) } : {}
  return { touchesMasked: true, ...(outputs && { outputs }), ...names, ...named, ...more }
}

/** @throws {Refusal} where what was prepared would fill a table, as in EXPLAIN ANALYZE CREATE TABLE … AS EXECUTE */
const refuseStored = (node: unknown): void => {
  const [, fields] = unwrap(node) ?? []
  walk(fields, (inner) => {
    if (inner['ExecuteStmt'] === undefined) return
    throw unproven(
      'EXECUTE',
      'what was prepared may read masked columns, which may only be sent to the client',
      'execute',
    )
  })
}

/** A change of what has to stay as it is whatever the policy hides: settings that say how SQL is read, system catalogs. */
const unchanged = (node: unknown, catalog: Catalog | undefined): Unproven | undefined =>
  pinnedSetting(node) ?? protectedChange(node, catalog)

/** Also in the statements of a DO block, or of a function that is made, where they can be read off. */
const unchangedWithin = (node: unknown, catalog: Catalog | undefined): Unproven | undefined => {
  const own = unchanged(node, catalog)
  if (own) return own
  const [block, created] = [as(node, 'DoStmt'), as(node, 'CreateFunctionStmt')]
  const body = block ? doBody(block) : created && createdBody(created)
  for (const { sql } of body?.statements ?? []) {
    const parsed = parse(sql)
    const found = parsed.ok
      ? unchanged(
          parsed.statements.map((statement) => statement.node),
          catalog,
        )
      : undefined
    if (found) return found
  }
  return undefined
}

/**
 * Proves that a statement shows nothing of masked columns but as outputs that can be masked, or says why it can't.
 * Never throws a Refusal.
 */
export const prove = (node: unknown, catalog: Catalog | undefined, predicates: PredicatePolicy): Proved => {
  if (!catalog || catalog.masked.size === 0) {
    const unproven = unchangedWithin(node, catalog)
    return { touchesMasked: false, ...(unproven && { unproven }) }
  }
  try {
    const proof = beginProof(catalog, predicates)
    proof.within(node)
    return examine(proof, node)
  } catch (error) {
    if (error instanceof Refusal) return { touchesMasked: true, unproven: error.unproven }
    throw error
  }
}
