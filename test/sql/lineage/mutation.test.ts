import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import type { Output, StatementFacts } from '../../../src/sql/facts.js'
import { commands } from '../../../src/sql/lineage/commands.js'
import { definitions } from '../../../src/sql/lineage/definitions.js'
import { expressions } from '../../../src/sql/lineage/expressions/expressions.js'
import { fromItems } from '../../../src/sql/lineage/queries/from.js'
import { clean } from '../../../src/sql/lineage/mark.js'
import { queries } from '../../../src/sql/lineage/queries/query.js'
import type { Proof } from '../../../src/sql/lineage/proof.js'
import { Refusal } from '../../../src/sql/lineage/refusal.js'
import type { Item, Shape } from '../../../src/sql/lineage/scope.js'
import { refused as vetted } from '../../../src/sql/lineage/vet.js'
import { parse } from '../../../src/sql/parser.js'
import type { Fields } from '../../../src/sql/tree.js'
import { openShop, type Shop } from '../shop.js'
import { allowed } from './cases/allowed.js'
import { derived } from './cases/derived.js'
import { mutants } from './cases/mutants.js'
import { refused } from './cases/refused.js'

let shop: Shop
beforeAll(async () => void (shop = await openShop()))
afterAll(() => shop[Symbol.asyncDispose]())

const last = (column: string): string => column.split('.').at(-1) ?? ''

const named = (outputs: readonly Output[] | undefined): string =>
  outputs
    ?.map((output) => {
      if (output.kind === 'clean') return '-'
      return output.kind === 'masked' ? last(output.column) : `~${output.columns.map(last).join('+')}`
    })
    .join(' ') ?? 'unknown'

const outcome = (facts: StatementFacts | undefined): string => {
  if (facts?.unproven) return `refused for ${facts.unproven.subject}`
  if (!facts?.touchesMasked) return ''
  return facts.defines ? `D ${named(facts.defines.outputs)}` : named(facts.outputs)
}

const cases: readonly (readonly [sql: string, expected: string])[] = [
  ...allowed,
  ...derived.map(([sql, outputs]) => [sql, outputs === 'untouched' ? '' : outputs] as const),
  ...refused.map(([sql, subject]) => [sql, `refused for ${subject}`] as const),
  ...mutants,
]

const violated = (sql: string, expected: string): boolean =>
  outcome(analyse(sql, shop.catalog, { predicates: 'equality' }).statements[0]) !== expected

/** Every reference counts as looked at, or the proof would be refused as incomplete whatever the rule says. */
const ignoring = <T>(proof: Proof, fields: Fields, rule: () => T, otherwise: T): T => {
  proof.accountAll(fields)
  try {
    return rule()
  } catch (error) {
    if (error instanceof Refusal) return otherwise
    throw error
  }
}

const wiped = <T extends Shape>(shape: T): T => ({
  ...shape,
  columns: shape.columns.map((column) => ({ ...column, mark: clean })),
})

const none: Item = { columns: [], open: true, sources: [] }

/** A table of rules, and what switches one of them off. */
const switchable = <R>(table: Record<string, R>, off: (rule: R) => R | undefined) =>
  Object.keys(table).map((name) => ({
    name,
    without: (run: () => void): void => {
      const rule = table[name] as R
      const mutant = off(rule)
      if (mutant === undefined) Reflect.deleteProperty(table, name)
      else table[name] = mutant
      try {
        run()
      } finally {
        table[name] = rule
      }
    },
  }))

const tables = {
  expressions: switchable(expressions, (rule) => (proof, fields, place) => {
    ignoring(proof, fields, () => rule(proof, fields, place), clean)
    return clean
  }),
  fromItems: switchable(fromItems, (rule) => (proof, fields, place, left) => {
    const item = ignoring(proof, fields, () => rule(proof, fields, place, left), none)
    return { ...wiped(item), sources: item.sources.map(wiped) }
  }),
  queries: switchable(
    queries,
    (rule) => (proof, fields, place) =>
      wiped(ignoring(proof, fields, () => rule(proof, fields, place), { columns: [], open: true })),
  ),
  commands: switchable(commands, () => (proof, fields) => {
    proof.accountAll(fields)
    return undefined
  }),
  definitions: switchable(definitions, () => (proof, fields) => proof.accountAll(fields)),
  refused: switchable(vetted, () => undefined),
}

/** Rules without which nothing masked comes out. */
const noTaint: Readonly<Record<string, readonly string[]>> = {
  // Constants, types and names: no column can stand in them. GROUPING is clean whatever it is given.
  expressions: ['A_Const', 'ParamRef', 'SQLValueFunction', 'SetToDefault', 'MergeSupportFunc', 'A_Star']
    .concat(['CurrentOfExpr', 'String', 'Integer', 'Float', 'Boolean', 'BitString', 'TypeName', 'JsonFormat'])
    .concat(['JsonReturning', 'JsonOutput', 'CaseTestExpr', 'JsonTablePathSpec', 'GroupingFunc'])
    // The parser writes no nodes of the first two, and order.ts takes the third apart before it is a value.
    .concat(['JsonAggConstructor', 'JsonBehavior', 'GroupingSet']),
  // No expression can stand in them: all that they do is to tick off tables.
  definitions: ['TruncateStmt', 'LockStmt', 'VacuumStmt', 'ReindexStmt', 'DropStmt', 'GrantStmt'].concat([
    'CommentStmt',
    'SecLabelStmt',
    'RefreshMatViewStmt',
  ]),
}

const rules = Object.entries(tables).flatMap(([table, entries]) =>
  entries.filter(({ name }) => !noTaint[table]?.includes(name)).map((entry) => ({ table, ...entry })),
)

const parsed = new Map<string, string>()
const holds = (sql: string, node: string): boolean => {
  const tree = parsed.get(sql) ?? JSON.stringify(parse(sql))
  parsed.set(sql, tree)
  return tree.includes(`"${node}":`)
}

test('every statement has the outcome that is expected of it', () => {
  expect(cases.filter(([sql, expected]) => violated(sql, expected))).toEqual([])
})

test.for(rules)('without the rule for $name in $table a statement comes out otherwise', ({ name, without }) => {
  let caught = false
  without(() => {
    caught = cases.some(([sql, expected]) => holds(sql, name) && violated(sql, expected))
  })
  expect(caught).toBe(true)
})
