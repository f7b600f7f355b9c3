import type { Client } from 'pg'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { policySection } from '../../../src/policy/config/sections/policy.js'
import { analyse } from '../../../src/sql/analyse.js'
import type { Catalog } from '../../../src/sql/catalog.js'
import type { Premise } from '../../../src/sql/witness/parameters.js'
import { freshDatabase } from '../../helpers/database.js'
import { readCorpus } from '../../leaks/corpus.js'
import * as leaks from '../../leaks/schema.js'
import { allowed } from '../lineage/cases/allowed.js'
import { derived } from '../lineage/cases/derived.js'
import { positions } from '../lineage/cases/positions.js'
import { RandomQuery } from '../lineage/random-query.js'
import { everyNode, numberAt, type Node } from '../rewritten/node-text.js'
import { RewrittenTrees } from '../rewritten/oracle.js'
import { catalogOf, openShop } from '../shop.js'

const open = new AsyncDisposableStack()
afterAll(() => open.disposeAsync())

/** Where the server's tree has the OID of a function. */
const calls = [
  ['FUNCEXPR', 'funcid'],
  ['AGGREF', 'aggfnoid'],
  ['WINDOWFUNC', 'winfnoid'],
  ['OPEXPR', 'opfuncid'],
  ['SCALARARRAYOPEXPR', 'opfuncid'],
  ['DISTINCTEXPR', 'opfuncid'],
] as const

/** What the server, and not the analyser, found in a statement; what came with it stays as it is. */
const found = (tree: Node): { relations: readonly number[]; functions: readonly number[] } => ({
  relations: everyNode(tree, 'RANGETBLENTRY')
    .map((entry) => numberAt(entry, 'relid'))
    .filter((oid) => oid >= 16384),
  functions: calls
    .flatMap(([type, field]) => everyNode(tree, type).map((node) => numberAt(node, field)))
    .filter((oid) => oid >= 16384),
})

const missing = (tree: Node, premise: Premise, catalog: Catalog, functions: ReadonlyMap<number, string>): string[] => {
  const { relations, functions: called } = found(tree)
  const has = (oid: number): boolean =>
    premise.relations.includes(String(oid)) || premise.names.includes(catalog.relations.get(oid)?.name ?? '')
  return [
    ...relations.filter((oid) => !has(oid)).map((oid) => catalog.relations.get(oid)?.name ?? String(oid)),
    ...called.map((oid) => functions.get(oid) ?? String(oid)).filter((name) => !premise.functions.includes(name)),
  ]
}

const namesOfFunctions = async (client: Client): Promise<ReadonlyMap<number, string>> => {
  const { rows } = await client.query<{ oid: string; proname: string }>('SELECT oid::text, proname FROM pg_proc')
  return new Map(rows.map(({ oid, proname }) => [Number(oid), proname]))
}

interface Corpus {
  readonly client: Client
  readonly catalog: Catalog
  readonly statements: readonly string[]
}

const corpora = async (): Promise<readonly Corpus[]> => {
  const shop = open.use(await openShop())
  const tapes = fc.sample(fc.array(fc.nat(9999), { minLength: 60, maxLength: 200 }), { seed: 2, numRuns: 400 })
  const client = await open.use(await freshDatabase()).client()
  await client.query(leaks.schema('one'))
  const masked = policySection.parse(leaks.policy).masks.flatMap(({ columns }) => columns)
  return [
    {
      ...{ client: shop.client, catalog: shop.catalog },
      statements: [
        ...[...allowed, ...derived].map(([sql]) => sql),
        ...positions,
        ...tapes.map((tape) => new RandomQuery(tape).query()),
      ],
    },
    {
      ...{ client, catalog: await catalogOf(client, masked) },
      statements: readCorpus((file) => !file.startsWith('vector')).flatMap(({ steps }) => steps),
    },
  ]
}

test('every relation and function that the server finds in a statement is in its premise', async () => {
  const missed: string[] = []
  let seen = 0
  for (const { client, catalog, statements } of await corpora()) {
    const functions = await namesOfFunctions(client)
    const trees = await RewrittenTrees.open(client)
    for (const sql of new Set(statements)) {
      const [facts, another] = analyse(sql, catalog, { predicates: 'allow' }).statements
      if (!facts || another || facts.unproven) continue
      const tree = await trees.of(sql)
      if (!tree) continue
      const { relations, functions: called } = found(tree)
      if (relations.length + called.length === 0) continue
      seen++
      const { premise } = facts
      if (!premise) missed.push(`${sql}: no premise`)
      else for (const what of missing(tree, premise, catalog, functions)) missed.push(`${sql}: ${what}`)
    }
  }
  expect(missed).toEqual([])
  expect(seen).toBeGreaterThan(300)
}, 300_000)
