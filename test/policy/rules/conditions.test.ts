import { beforeAll, expect, test } from 'vitest'
import type { RuleConditions } from '../../../src/policy/config/schema.js'
import type { Asker, Estimate } from '../../../src/policy/decision.js'
import { circumstancesOf, conditionsPhrase, holdsForRows, holdsForStatement } from '../../../src/policy/rules/asked.js'
import type { ConditionName } from '../../../src/policy/rules/condition.js'
import { conditions } from '../../../src/policy/rules/conditions.js'
import { analyse } from '../../../src/sql/analyse.js'
import type { StatementFacts } from '../../../src/sql/facts.js'
import { initParser } from '../../../src/sql/parser.js'
import { askerOf } from '../asker.js'

beforeAll(() => initParser())

const factsOf = (text: string) => analyse(text, undefined, { predicates: 'deny', planning: true }).statements[0]!

interface Instance {
  readonly sql?: string
  /** What only a catalog tells. */
  readonly facts?: Partial<StatementFacts>
  readonly asker?: Partial<Asker>
  readonly estimate?: Estimate
}

interface Example {
  /** All that the rule asks: another condition only where the one at hand needs it. */
  readonly when: RuleConditions
  readonly holds: Instance
  readonly not: Instance
  readonly phrase: string
}

const monday = { now: new Date('2026-03-02T10:00:00Z') }
const saturday = { now: new Date('2026-03-07T10:00:00Z') }
const workdays = { days: ['mon' as const], from: 480, to: 1080, zone: 'UTC' }
const index = 'ON a USING hnsw (b vector_l2_ops)'

const none: StatementFacts['vectors'] = { read: false, limit: 0, written: false }

/** Complete by type: a condition without an example doesn't compile. */
const examples: Record<ConditionName, Example> = {
  statement: {
    when: { statement: ['drop table'] },
    ...{ holds: { sql: 'DROP TABLE a' }, not: { sql: 'DROP VIEW a' }, phrase: 'drop table' },
  },
  where: {
    when: { where: 'missing' },
    ...{ holds: { sql: 'DELETE FROM a' }, not: { sql: 'DELETE FROM a WHERE b = 1' } },
    phrase: 'without a WHERE that picks rows',
  },
  concurrently: {
    when: { concurrently: false },
    ...{ holds: { sql: `CREATE INDEX ${index}` }, not: { sql: `CREATE INDEX CONCURRENTLY ${index}` } },
    phrase: 'without CONCURRENTLY',
  },
  reads: {
    when: { reads: ['public.a'] },
    ...{ holds: { sql: 'SELECT * FROM public.a' }, not: { sql: 'SELECT * FROM public.b' } },
    phrase: 'reading public.a',
  },
  writes: {
    when: { writes: ['a', 'b'] },
    ...{ holds: { sql: 'INSERT INTO a VALUES (1)' }, not: { sql: 'SELECT * FROM a' } },
    phrase: 'writing a, b',
  },
  columns: {
    when: { columns: ['public.a.*'] },
    ...{ holds: { facts: { columns: ['public.a.b'] } }, not: { facts: { columns: ['public.ab.c'] } } },
    phrase: 'using public.a.*',
  },
  reads_vectors: {
    when: { reads_vectors: true },
    ...{
      holds: { facts: { vectors: { ...none, read: true } } },
      not: { facts: { vectors: { ...none, written: true } } },
    },
    phrase: 'reading embeddings',
  },
  writes_vectors: {
    when: { writes_vectors: true },
    ...{
      holds: { facts: { vectors: { ...none, written: true } } },
      not: { facts: { vectors: { ...none, read: true } } },
    },
    phrase: 'writing embeddings',
  },
  functions: {
    when: { functions: ['pg_sleep'] },
    ...{ holds: { sql: 'SELECT pg_sleep(1)' }, not: { sql: 'SELECT now()' } },
    phrase: 'calling pg_sleep',
  },
  limit: {
    when: { reads: ['a'], limit: 'missing' },
    ...{ holds: { sql: 'SELECT * FROM a' }, not: { sql: 'SELECT * FROM a LIMIT 10000' } },
    phrase: 'reading a without LIMIT',
  },
  limit_over: {
    when: { limit_over: 100 },
    ...{ holds: { sql: 'SELECT * FROM a LIMIT 101' }, not: { sql: 'SELECT * FROM a LIMIT 100' } },
    phrase: 'without LIMIT up to 100',
  },
  rows_over: {
    when: { rows_over: 100 },
    ...{ holds: { estimate: { rows: 101 } }, not: { estimate: { rows: 100 } } },
    phrase: 'of more than about 100 rows',
  },
  application: {
    when: { application: ['DBeaver*', 'psql'] },
    ...{ holds: { asker: { application: 'DBeaver 24' } }, not: { asker: { application: 'psqlx' } } },
    phrase: 'from DBeaver*, psql',
  },
  groups: {
    when: { groups: ['ml'] },
    ...{ holds: { asker: { groups: ['ml'] } }, not: { asker: { groups: ['dba'] } }, phrase: 'by ml' },
  },
  not_groups: {
    when: { not_groups: ['dba'] },
    ...{ holds: { asker: { groups: ['ml'] } }, not: { asker: { groups: ['ml', 'dba'] } } },
    phrase: 'by anybody but dba',
  },
  program: {
    when: { program: true },
    ...{ holds: { asker: { program: true } }, not: { asker: { program: false } }, phrase: 'by programs' },
  },
  time: {
    when: { time: workdays },
    ...{ holds: { asker: monday }, not: { asker: saturday }, phrase: 'during mon 08:00 to 18:00 UTC' },
  },
  outside: {
    when: { outside: workdays },
    ...{ holds: { asker: saturday }, not: { asker: monday }, phrase: 'outside of mon 08:00 to 18:00 UTC' },
  },
}

const holds = (
  when: RuleConditions,
  { sql = 'SELECT * FROM a', facts, asker, estimate = { rows: 0 } }: Instance,
): boolean =>
  holdsForStatement(when, { ...factsOf(sql), ...facts }) &&
  holdsForRows(when, estimate) &&
  (circumstancesOf(when)?.(askerOf(asker)) ?? true)

test.for(Object.entries(examples))('%s holds where it says so, and nowhere else', ([, example]) => {
  const { when, holds: yes, not, phrase } = example
  expect(holds(when, yes)).toBe(true)
  expect(holds(when, not)).toBe(false)
  expect(conditionsPhrase(when)).toBe(phrase)
})

test('what depends on who asks or when is looked at each time, and what depends on the statement once', () => {
  const of = (source: string) =>
    Object.entries(conditions).flatMap(([name, each]) => (each.of === source ? [name] : []))
  expect(of('circumstances')).toEqual(['application', 'groups', 'not_groups', 'program', 'time', 'outside'])
  expect(of('rows')).toEqual(['rows_over'])
})

test('a rule of several conditions applies where all of them hold', () => {
  const when: RuleConditions = { statement: ['delete'], where: 'missing', not_groups: ['dba'] }
  expect(holds(when, { sql: 'DELETE FROM a' })).toBe(true)
  expect(holds(when, { sql: 'UPDATE a SET b = 1' })).toBe(false)
  expect(holds(when, { sql: 'DELETE FROM a', asker: { groups: ['dba'] } })).toBe(false)
  expect(conditionsPhrase(when)).toBe('delete without a WHERE that picks rows by anybody but dba')
})

test('SQL that is put together at run time meets every condition on the statement, and none on who asks', () => {
  const sql = "DO $$ BEGIN EXECUTE 'sel' || 'ect 1'; END $$"
  for (const [name, { when, not }] of Object.entries(examples)) {
    const circumstances = conditions[name as ConditionName].of !== 'statement'
    expect([name, holds(when, { ...not, sql })]).toEqual([name, !circumstances])
  }
})
