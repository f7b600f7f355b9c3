import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ThreadAnalyst } from '../../../src/gateway/analyst/analyst.js'
import { AnalystMetrics } from '../../../src/gateway/metrics/analyst-metrics.js'
import { policySection } from '../../../src/policy/config/sections/policy.js'
import { Unread } from '../../../src/policy/texts/long-texts.js'
import { keepNames, withNames } from '../../../src/policy/masks/former-names.js'
import { PolicyGuard } from '../../../src/policy/guard.js'
import { type Basis, TextReader } from '../../../src/policy/texts/text-facts.js'
import { atOnce } from '../../../src/sql/analyse.js'
import { type Catalog, catalogFor, readCatalog } from '../../../src/sql/catalog.js'
import {
  catalogData,
  catalogFrom,
  readingFrom,
  readingHead,
  readingPages,
} from '../../../src/sql/catalog/read/transfer.js'
import { initParser } from '../../../src/sql/parser.js'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { readCorpus } from '../../leaks/corpus.js'
import { policy, schema } from '../../leaks/schema.js'
import { askerOf } from '../../policy/asker.js'

const config = policySection.parse(policy)
const attempts = readCorpus((file) => !/^(vector|distance)/.test(file)).flatMap(({ steps }) => steps)
const statements = [...new Set(attempts.map((step) => step.replaceAll('{n}', '7')))]

const analyst = new ThreadAnalyst({
  limits: { time: 60_000, waiting: 1_000, bytes: 1e9 },
  metrics: new AnalystMetrics(),
  log: pino({ enabled: false }),
})
let database: FreshDatabase
let catalog: Catalog

beforeAll(async () => {
  await initParser()
  database = await freshDatabase()
  const client = await database.client()
  await client.query(schema('one'))
  const read = await readCatalog(
    async (sql, parameters) => (await client.query<Record<string, unknown>>(sql, parameters)).rows,
  )
  catalog = catalogFor(read, { masked: config.masks.flatMap(({ columns }) => columns), pure: config.functions.pure })
})
afterAll(async () => {
  await analyst[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

/** As a thread gets it. */
const handedOver = (one: Catalog): Catalog => {
  const { reading, data } = catalogData(one)
  const pages = structuredClone([...readingPages(reading)])
  return catalogFrom(readingFrom(structuredClone(readingHead(reading)), pages), structuredClone(data))
}

test('by a catalog that was handed over, statements of the corpus have the facts that they have by the catalog itself', () => {
  const sample = statements.filter((_, at) => at % 5 === 0)
  const options: Basis['options'] = { predicates: { default: 'equality' }, planning: true, columns: true }
  const [here, there] = [catalog, handedOver(catalog)].map((each) => new TextReader({ catalog: each, options }))
  let masked = 0
  for (const text of sample) {
    const facts = atOnce(here!.reading(text))
    expect(atOnce(there!.reading(text)), text).toEqual(facts)
    if (facts.statements.some(({ unproven, touchesMasked }) => unproven ?? touchesMasked)) masked++
  }
  expect(masked).toBeGreaterThan(100)
})

test('what relations were called before, and are about to be called, goes with it', () => {
  const [first] = [...catalog.relations.values()].filter(({ masked }) => masked)
  const before = { ...catalog, relations: new Map([[first!.oid, { ...first!, name: 'formerly_so' }]]) } as Catalog
  const named = withNames(handedOver(catalog), [['soon', first!.oid]])
  keepNames(before, named)
  const again = handedOver(named)
  expect(again.relations.get(first!.oid)?.formerly).toEqual([`${first!.schema}.formerly_so`])
  expect(again.renamed).toEqual(new Map([['soon', new Set([first!.oid])]]))
})

const guardWith = (more: { readonly analyst?: ThreadAnalyst }): PolicyGuard =>
  new PolicyGuard({
    ...{ policy: config, clear: false, maskKey: Buffer.alloc(32, 1), ...more },
    source: { catalog, refresh: async () => undefined },
  })

/** Over what is read on the event loop: a comment says nothing, but where it ends a line that begins with a backslash. */
const padded = (text: string): string => `${text}\n/* ${'-'.repeat(66_000)} */`

test('the thread leads to the decisions that there are without it', async () => {
  const [alone, threaded] = [guardWith({}), guardWith({ analyst })]
  const sample = statements.filter((_, at) => at % 12 === 0).map(padded)
  const verdicts = new Set<string>()
  for (const text of sample) {
    expect(() => threaded.decide(text, askerOf())).toThrow(Unread)
    await threaded.prepare(text, 'ana')
    const decision = threaded.decide(text, askerOf())
    expect(decision, text.slice(0, 200)).toEqual(alone.decide(text, askerOf()))
    verdicts.add(decision.kind)
  }
  expect([...verdicts].sort()).toEqual(['allow', 'refuse'])
})

test('several statements, some of them alike and one that renames, lead to the same decision too', async () => {
  const text = padded(
    `${'SELECT 1; SELECT id FROM orders; '.repeat(50)} ALTER TABLE customers RENAME TO people; SELECT * FROM people`,
  )
  const threaded = guardWith({ analyst })
  await threaded.prepare(text, 'ana')
  const decision = threaded.decide(text, askerOf())
  expect(decision).toEqual(guardWith({}).decide(text, askerOf()))
  // What it is about to be called is known from here on, and what was found holds by that as well.
  expect(threaded.slow(text)).toBe(false)
  expect(threaded.spans(text)).toHaveLength(204)
})
