import { afterAll, beforeAll, expect, test } from 'vitest'
import { readQueries, type Analytic } from './corpus.js'
import { openStage, refusalOf, type Stage } from './stage.js'

const sets: { name: string; queries: Analytic[] }[] = [
  { name: 'the 22 queries of TPC-H', queries: await readQueries('tpch.sql') },
  { name: 'analysts’ queries', queries: await readQueries('analytics.sql') },
]

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

test.for(sets)('$name over masked tables are answered or refused as the list says', async ({ name, queries }) => {
  const client = await stage.connect()
  const refused = new Map<string, string>()
  for (const query of queries) {
    const why = await refusalOf(client, query.sql)
    if (why !== undefined) refused.set(query.name, why)
  }
  const answered = queries.length - refused.size
  console.log(`${name}: ${answered} of ${queries.length} answered, ${((100 * answered) / queries.length).toFixed(1)} %`)
  for (const [query, why] of refused) console.log(`  refused: ${query}: ${why}`)
  const wrong = queries.filter(({ name, expect }) => expect === (refused.has(name) ? 'answered' : 'refused'))
  expect(wrong.map(({ name, expect }) => `${name}: expected ${expect}`)).toEqual([])
})

test('where suppliers may be sorted by name and balance, all of both sets but four are answered', async () => {
  await using open = await openStage({ 'public.supplier.s_name': 'allow', 'public.supplier.s_acctbal': 'allow' })
  const client = await open.connect()
  const queries = sets.flatMap((set) => set.queries)
  const refused: string[] = []
  for (const { name, sql } of queries) if ((await refusalOf(client, sql)) !== undefined) refused.push(name)
  console.log(`with sortable suppliers: ${queries.length - refused.length} of ${queries.length} answered`)
  expect(refused.length / queries.length, refused.join('; ')).toBeLessThan(0.05)
})
