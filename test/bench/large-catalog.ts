import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { pino } from 'pino'
import { CatalogSources } from '../../src/gateway/upstream/catalog/catalog-source.js'
import { policySection } from '../../src/policy/config/sections/policy.js'
import { PolicyGuard } from '../../src/policy/guard.js'
import { startPostgres } from '../helpers/postgres/postgres.js'
import { askerOf } from '../policy/asker.js'
import { digits, type Row } from './report.js'
import { median } from './statistics.js'
import type { Options } from './options.js'

const TABLES = 45_000
const VIEWS = 5_000

/** A transaction holds a lock for each table that it makes: so many fit. */
const BATCH = 500

const policy = policySection.parse({ masks: [{ columns: ['vault.person.email'], with: 'redact' }] })
const needs = { masked: ['vault.person.email'] }

const inBatches = async (client: Client, count: number, made: string): Promise<void> => {
  for (let from = 0; from < count; from += BATCH)
    await client.query(
      `DO $$ BEGIN FOR i IN ${from}..${Math.min(from + BATCH, count) - 1} LOOP EXECUTE format('${made}', i); END LOOP; END $$`,
    )
}

const fill = async (client: Client): Promise<void> => {
  await client.query('CREATE SCHEMA vault; CREATE TABLE vault.person (id int, email text); CREATE SCHEMA many')
  await inBatches(client, TABLES, 'CREATE TABLE many.t%1$s (id int, a int, b int, c int, d date)')
  await inBatches(client, VIEWS, 'CREATE VIEW many.v%1$s AS SELECT id, a + b AS sum FROM many.t%1$s WHERE c > 0')
  // As autovacuum does within minutes.
  await client.query('VACUUM ANALYZE')
}

/** Milliseconds from one statement to the next: sessions send some hundreds a second. */
const PAUSE = 2

/** Decides on a statement again and again, as sessions would, until `work` is done; a text of its own each time. */
const beside = async (guard: PolicyGuard, work: Promise<unknown>): Promise<readonly number[]> => {
  let over = false
  void work.finally(() => (over = true))
  const asker = askerOf()
  const gaps: number[] = []
  let last = performance.now()
  for (let n = 0; !over; n++) {
    await setTimeout(PAUSE)
    guard.decide(`SELECT id, a FROM many.t${n % TABLES} WHERE id = ${n}`, asker)
    const now = performance.now()
    gaps.push(now - last)
    last = now
  }
  await work
  return gaps
}

/** Reading a database of 50,000 relations anew, which DDL asks for, while statements on names that are known go on. */
export const largeCatalog = async ({ quick }: Options): Promise<readonly Row[]> => {
  await using postgres = await startPostgres({})
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  await using sources = new CatalogSources(pino({ level: 'silent' }), () => undefined)
  try {
    await fill(client)
    const { host, port, user, password } = postgres
    const target = { host, port, user, password: () => password, sslmode: 'disable', connectTimeout: 10_000 } as const
    const source = sources.of(target, 'postgres')
    const begun = performance.now()
    await source.known()
    const first = performance.now() - begun
    source.under(needs)
    const guard = new PolicyGuard({
      ...{ policy, clear: false, maskKey: Buffer.alloc(32, 7) },
      source: {
        get catalog() {
          return source.under(needs)
        },
        refresh: async () => undefined,
      },
    })
    const times: number[] = []
    const gaps: number[] = []
    for (let round = 0; round < (quick ? 3 : 5); round++) {
      await client.query(`CREATE TABLE many.later${round} (id int)`)
      const at = performance.now()
      const reading = source.refresh()
      gaps.push(...(await beside(guard, reading)))
      times.push(performance.now() - at)
    }
    const relations = TABLES + VIEWS
    return [
      {
        what: `a catalog of ${relations.toLocaleString('en')} relations read anew`,
        reached: Math.max(...times) / 1000,
        unit: 's',
        bar: { atMost: 5 },
        note: `the longest of ${times.length}, median ${digits(median(times) / 1000)} s, the first ${digits(first / 1000)} s`,
        samples: { milliseconds: times, first },
      },
      {
        what: 'what statements on known names wait meanwhile, at most',
        reached: Math.max(...gaps),
        unit: 'ms',
        note: `${gaps.length} statements went on meanwhile, median ${digits(median(gaps))} ms`,
        samples: { gaps: gaps.filter((gap) => gap > 5) },
      },
    ]
  } finally {
    await client.end()
  }
}
