import type { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerOf, changeMasked, columnsOf, differing, type Answer } from './answers.js'
import { readQueries, type Analytic } from './corpus.js'
import { openStage, refusalOf, type Stage } from './stage.js'

const sets: { name: string; queries: Analytic[] }[] = [
  { name: 'the 22 queries of TPC-H', queries: await readQueries('tpch.sql') },
  { name: 'analysts’ queries', queries: await readQueries('analytics.sql') },
  { name: 'queries of reports', queries: await readQueries('reports.sql') },
]

let stage: Stage
let client: Client
beforeAll(async () => {
  stage = await openStage()
  client = await stage.connect()
})
afterAll(() => stage[Symbol.asyncDispose]())

/** Of all sets, for the last test. */
const total = { queries: 0, refused: 0 }

test.for(sets)('$name over masked tables are answered or refused as the list says', async ({ name, queries }) => {
  const refused = new Map<string, string>()
  for (const query of queries) {
    const why = await refusalOf(client, query.sql)
    if (why !== undefined) refused.set(query.name, why)
  }
  const answered = queries.length - refused.size
  total.queries += queries.length
  total.refused += refused.size
  console.log(`${name}: ${answered} of ${queries.length} answered, ${((100 * answered) / queries.length).toFixed(1)} %`)
  for (const [query, why] of refused) console.log(`  refused: ${query}: ${why}`)
  const wrong = queries.filter(({ name, expect }) => expect === (refused.has(name) ? 'answered' : 'refused'))
  expect(wrong.map(({ name, expect }) => `${name}: expected ${expect}`)).toEqual([])
})

test('of all of them together, at least 97 % are not refused', () => {
  const share = (100 * (total.queries - total.refused)) / total.queries
  console.log(`together: ${total.queries - total.refused} of ${total.queries} not refused, ${share.toFixed(1)} %`)
  expect(total.queries).toBe(sets.flatMap(({ queries }) => queries).length)
  expect(share).toBeGreaterThanOrEqual(97)
})

test('every column of theirs that does not depend on masked values equals the direct answer', async () => {
  const owner = await stage.database.client()
  const wrong: string[] = []
  let [columns, hidden] = [0, 0]
  for (const { name, sql } of sets.flatMap((set) => set.queries)) {
    // A sample is another one each time, and who may not see costs is shown none.
    if (/TABLESAMPLE|^EXPLAIN|^COPY/i.test(sql) || (await refusalOf(client, sql)) !== undefined) continue
    const [own, seen] = [await answerOf(owner, sql), await answerOf(client, sql)]
    const other: Answer = await changeMasked(owner, () => answerOf(owner, sql))
    const apart = differing(own, seen)
    const depend = differing(own, other)
    columns += columnsOf(own).length
    hidden += apart.size
    for (const column of apart) if (!depend.has(column)) wrong.push(`${name}: ${columnsOf(own)[column]}`)
  }
  await owner.end()
  console.log(`${hidden} of ${columns} columns are masked or hidden, ${((100 * hidden) / columns).toFixed(1)} %`)
  expect(wrong).toEqual([])
}, 120_000)

test('where suppliers may be sorted by name and balance, all of the sets but four are answered', async () => {
  await using open = await openStage({ 'public.supplier.s_name': 'allow', 'public.supplier.s_acctbal': 'allow' })
  const other = await open.connect()
  const queries = sets.flatMap((set) => set.queries)
  const refused: string[] = []
  for (const { name, sql } of queries) if ((await refusalOf(other, sql)) !== undefined) refused.push(name)
  console.log(`with sortable suppliers: ${queries.length - refused.length} of ${queries.length} answered`)
  expect(refused.length, refused.join('; ')).toBeLessThanOrEqual(4)
})
