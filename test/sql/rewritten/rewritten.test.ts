import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFile } from 'node:fs/promises'
import { policySection } from '../../../src/policy/config/sections/policy.js'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { isTried, whole } from '../../helpers/suite/whole.js'
import { readCorpus } from '../../leaks/corpus.js'
import * as leaks from '../../leaks/schema.js'
import { readQueries, readTools } from '../../usability/corpus.js'
import * as usability from '../../usability/stage.js'
import { allowed } from '../lineage/cases/allowed.js'
import { derived } from '../lineage/cases/derived.js'
import { mutants } from '../lineage/cases/mutants.js'
import { positions } from '../lineage/cases/positions.js'
import { refused } from '../lineage/cases/refused.js'
import { RandomQuery } from '../lineage/random-query.js'
import { catalogOf, openShop } from '../shop.js'
import { compare, RewrittenTrees, type Place } from './oracle.js'

const runs = Number(process.env['HOOP_TEST_FUZZ'] ?? 300)

const open = new AsyncDisposableStack()
afterAll(() => open.disposeAsync())

const columnsOf = (policy: unknown): string[] => policySection.parse(policy).masks.flatMap((mask) => mask.columns)

const place = async (schema: string, policy: unknown): Promise<Place> => {
  const database: FreshDatabase = open.use(await freshDatabase())
  const client = await database.client()
  await client.query(schema)
  const catalog = await catalogOf(client, columnsOf(policy))
  return { catalog, trees: await RewrittenTrees.open(client) }
}

const usabilitySchema = async (): Promise<string> => {
  const files = ['plain.sql', 'tpch.sql'].map((file) => new URL(`../../usability/schema/${file}`, import.meta.url))
  return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n')
}

interface Corpus extends Place {
  readonly statements: readonly string[]
}

let corpora: Corpus[]
beforeAll(async () => {
  const shop = open.use(await openShop())
  const inShop = { catalog: shop.catalog, trees: await RewrittenTrees.open(shop.client) }
  const business = await place(await usabilitySchema(), usability.policy)
  const [queries, tools] = await Promise.all([Promise.all(['tpch.sql', 'analytics.sql'].map(readQueries)), readTools()])
  const tapes = fc.sample(fc.array(fc.nat(9999), { minLength: 60, maxLength: 200 }), { seed: 1, numRuns: runs * 10 })
  corpora = [
    { ...inShop, statements: [...allowed, ...derived, ...refused, ...mutants].map(([sql]) => sql) },
    { ...inShop, statements: positions },
    { ...inShop, statements: tapes.map((tape) => new RandomQuery(tape).query()) },
    {
      ...(await place(leaks.schema('one'), leaks.policy)),
      statements: readCorpus((file) => !file.startsWith('vector')).flatMap(({ steps }) => steps),
    },
    { ...business, statements: queries.flat().map(({ sql }) => sql) },
    { ...business, statements: tools.flatMap((tool) => tool.statements.map(({ text }) => text)) },
  ]
}, 120_000)

test('every output that the server computes from a masked column is known to be', async () => {
  const missed: string[] = []
  const seen = { covered: 0, tainted: 0, refused: 0 }
  for (const { statements, ...place } of corpora)
    for (const sql of new Set(statements.filter(isTried)))
      for (const [predicates, verdict] of await compare(sql, place))
        if (verdict.kind === 'missed') missed.push(`${predicates}, ${verdict.missed}: ${sql}`)
        else {
          seen[verdict.kind]++
          if (verdict.kind === 'covered' && verdict.tainted) seen.tainted++
        }
  if (process.env['HOOP_TEST_FUZZ']) console.log(seen)
  expect(missed).toEqual([])
  // Much that was refused, or that touches nothing, would show nothing.
  const few = whole ? 1 : 4
  expect(seen.covered).toBeGreaterThan((3 * 1000) / few)
  expect(seen.tainted).toBeGreaterThan((3 * 500) / few)
}, 600_000)
