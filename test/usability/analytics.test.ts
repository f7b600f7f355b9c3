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
