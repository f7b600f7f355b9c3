import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { policySection } from '../../../src/policy/config/sections/policy.js'
import { PolicyGuard } from '../../../src/policy/guard.js'
import { loadCatalog } from '../../../src/sql/catalog.js'
import { startPostgres } from '../../helpers/postgres/postgres.js'
import { askerOf } from '../../policy/asker.js'
import { digits, type Row } from '../report.js'
import { median } from '../statistics.js'
import type { Timing } from './timing.js'

const policy = policySection.parse({
  masks: [
    { columns: ['public.customer.c_phone', 'public.supplier.s_phone'], with: { keep_last: 4 } },
    { columns: ['public.customer.c_address', 'public.supplier.s_address'], with: 'redact' },
    { columns: ['public.customer.c_acctbal', 'public.supplier.s_acctbal'], with: { bucket: 1000 } },
  ],
})

/** A real catalog of TPC-H's tables, with masks on some columns of theirs. */
const catalogOf = async (schema: string) => {
  await using postgres = await startPostgres({})
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  try {
    await client.query(schema)
    const masked = policy.masks.flatMap(({ columns }) => columns)
    return await loadCatalog(
      async (sql, values) => (await client.query<Record<string, unknown>>(sql, values)).rows,
      masked,
    )
  } finally {
    await client.end()
  }
}

const queriesIn = (text: string): readonly string[] =>
  text
    .split(/^-- @ .*\n/m)
    .slice(1)
    .map((query) => query.trim())

/** Times each query anew, by a guard that has seen none of them. */
const timed = (guard: PolicyGuard, queries: readonly string[]): readonly number[] => {
  const asker = askerOf()
  guard.decide('SELECT 1', asker)
  return queries.map((query) => {
    const begun = performance.now()
    guard.decide(query, asker)
    return performance.now() - begun
  })
}

/** What the first sight of an analyst's query costs: parsing, lineage, rules. In milliseconds, the median of 22 queries. */
export const firstSight = async (root: string, { quick }: Timing): Promise<readonly Row[]> => {
  const files = ['schema/tpch.sql', 'corpus/tpch.sql'].map((file) => join(root, 'test', 'usability', file))
  const [schema, corpus] = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  const queries = queriesIn(corpus!)
  const source = { catalog: await catalogOf(schema!), refresh: async () => undefined }
  const guardOf = () => new PolicyGuard({ policy, clear: false, source, maskKey: Buffer.alloc(32, 7) })
  const [cold, ...warm] = Array.from({ length: quick ? 10 : 30 }, () => timed(guardOf(), queries))
  const each = queries.map((_, query) => median(warm.map((times) => times[query]!)))
  return [
    {
      what: `policy: the first sight of a TPC-H query`,
      reached: median(each),
      unit: 'ms',
      bar: { atMost: 3 },
      note: `${queries.length} queries, the slowest ${digits(Math.max(...each))} ms; before anything is compiled, ${digits(median(cold!))} ms`,
      samples: { milliseconds: each },
    },
  ]
}
