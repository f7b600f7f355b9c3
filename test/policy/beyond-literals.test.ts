import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { policySection } from '../../src/policy/config/sections/policy.js'
import type { PolicyConfig } from '../../src/policy/config/schema.js'
import type { Decision } from '../../src/policy/decision.js'
import { PolicyGuard } from '../../src/policy/guard.js'
import { Analyser } from '../../src/sql/analyse.js'
import { parse, parseNormalized } from '../../src/sql/parser.js'
import { read } from '../../src/sql/parser/normalize.js'
import { allowed } from '../sql/lineage/cases/allowed.js'
import { derived } from '../sql/lineage/cases/derived.js'
import { refused } from '../sql/lineage/cases/refused.js'
import { RandomQuery } from '../sql/lineage/random-query.js'
import { masks, openShop, type Shop } from '../sql/shop.js'
import { readTools } from '../usability/corpus.js'
import { askerOf } from './asker.js'
import { attempts } from './evasion/attempts.js'

let shop: Shop
beforeAll(async () => void (shop = await openShop()))
afterAll(() => shop[Symbol.asyncDispose]())

const runs = Number(process.env['HOOP_TEST_FUZZ'] ?? 150)

const rules = [
  ...[
    { limit_over: 10, reads: ['public.orders', 'public.staging'] },
    { where: 'missing', statement: ['update', 'delete'] },
  ],
  ...[{ limit: 'missing', columns: ['public.customers.name'] }, { functions: ['set_config'] }, { statement: ['set'] }],
]

const policyOf = (more: Record<string, unknown> = {}): PolicyConfig =>
  policySection.parse({
    masks: [{ columns: masks }],
    packs: ['production'],
    rules: rules.map((when, index) => ({ name: `rule-${index}`, when, do: 'block' })),
    ...more,
  })

const guardOf = (policy: PolicyConfig): PolicyGuard =>
  new PolicyGuard({
    ...{ policy, clear: false, maskKey: Buffer.alloc(32, 1) },
    source: { catalog: shop.catalog, refresh: async () => undefined },
  })

/** Values that some part of an analysis, or the server, gives a meaning to. */
const telling = [
  ...['0', '1', '2', '10', '11', '1000000', '99999999999', '1.5', "''", "'t'", "'f'", "'%'", "'%%'", "'.*'", "'off'"],
  ...[
    "'on'",
    "'x'",
    "'customers'",
    "'standard_conforming_strings'",
    "'client_encoding'",
    "'role'",
    "'UTF8'",
    "'LATIN1'",
  ],
  ...["'SELECT email FROM customers'", `'"A_Const":{"ival":{"ival":5}'`, "E'\\\\'", "'{1,2}'", "'[1,2,3]'"],
]

const literal = /'(?:[^']|'')*'|(?<![\w.$"])\d+(?:\.\d+)?(?![\w."])/g

const texts = async (): Promise<readonly string[]> => [
  ...[...allowed, ...derived, ...refused].map(([sql]) => sql),
  ...attempts.flatMap(([, , statements]) => statements),
  ...(await readTools()).flatMap(({ statements }) => statements.map(({ text }) => text)),
]

/** The text with its literals exchanged for others. */
const exchanged = (text: string, tape: readonly number[]): string => {
  let at = 0
  return text.replace(literal, (found) => {
    const next = tape[at++ % tape.length]! % (telling.length + 5)
    return telling[next] ?? found
  })
}

const plain = (decision: Decision): unknown =>
  decision.kind === 'refuse' ? { ...decision, error: [decision.error.code, decision.error.message] } : decision

test.for([
  ['masks and rules', {}],
  ['predicates that are allowed', { predicates: { default: 'allow' } }],
  [
    'rules that count rows',
    { rules: [{ name: 'many', when: { rows_over: 100, reads: ['public.orders'] }, do: 'block' }], packs: [] },
  ],
] as const)('under %s, what is decided beyond literals is what is decided anew', async ([, more]) => {
  const policy = policyOf(more)
  let remembering = guardOf(policy)
  const corpus = await texts()
  const asker = askerOf()
  const numbers = fc.array(fc.nat(9999), { minLength: 60, maxLength: 200 })
  fc.assert(
    fc.property(numbers, fc.nat(corpus.length * 2), (tape, which) => {
      const own = corpus[which] ?? new RandomQuery(tape).query()
      const other = exchanged(own, tape)
      for (const text of [own, other, exchanged(other, tape.slice(7)), `${other};${own};${other}`]) {
        expect(plain(remembering.decide(text, asker)), text).toEqual(plain(guardOf(policy).decide(text, asker)))
        // From here on a name may mean another table: a guard that is new knows nothing of that.
        if (/ RENAME TO /i.test(text)) remembering = guardOf(policy)
      }
    }),
    { numRuns: runs },
  )
})

const analyserOf = (planning = false): Analyser => new Analyser(shop.catalog, { predicates: 'equality', planning })

test.for<[string, string]>([
  ['SELECT name FROM customers WHERE id = 1', 'SELECT name FROM customers WHERE id = 4711'],
  ["SELECT name FROM customers WHERE name = 'a'", "SELECT name  FROM customers WHERE name = 'b''c'"],
  [
    "SELECT email FROM customers WHERE name = 'a' OR id IN (1, 2)",
    "SELECT email FROM customers WHERE name = '' OR id IN (0, 7)",
  ],
  ["INSERT INTO staging VALUES (1, 'a', 'b')", "INSERT INTO staging VALUES (2, 'cc', '')"],
  ["UPDATE staging SET name = 'a' WHERE id = 1", "UPDATE staging SET name = 'b' WHERE id = 22"],
  [
    "SELECT * FROM orders WHERE placed > '2026-01-01' LIMIT 5",
    "SELECT * FROM orders WHERE placed > '2026-02-01' LIMIT 5",
  ],
])('%s and %s are one statement', ([one, other]) => {
  const analyser = analyserOf()
  const [first] = analyser.analyse(one).statements
  expect(analyser.analyse(other).statements[0]).toBe(first)
  expect(analyser.analyse(`${other};${one}`).statements.every((each) => each === first)).toBe(true)
})

test.for<[string, string, string]>([
  ['a LIMIT', 'SELECT * FROM orders LIMIT 5', 'SELECT * FROM orders LIMIT 50'],
  ['a condition without columns', 'DELETE FROM orders WHERE 1 = 2', 'DELETE FROM orders WHERE 1 = 1'],
  ['a pattern', "DELETE FROM staging WHERE name LIKE 'a'", "DELETE FROM staging WHERE name LIKE '%'"],
  ['contrary conditions', 'DELETE FROM orders WHERE id = 1 OR id <> 2', 'DELETE FROM orders WHERE id = 1 OR id <> 1'],
  ['a setting', "SET standard_conforming_strings = 'on'", "SET standard_conforming_strings = 'off'"],
  ['its name', "SELECT set_config('a.b', 'off', false)", "SELECT set_config('client_encoding', 'off', false)"],
  ['a position', 'SELECT id, email FROM customers ORDER BY 1', 'SELECT id, email FROM customers ORDER BY 2'],
  ['an option of COPY', "COPY orders TO STDOUT DELIMITER ','", "COPY orders TO STDOUT DELIMITER ';'"],
  ['a body', "DO 'BEGIN PERFORM 1; END'", "DO 'BEGIN DELETE FROM orders; END'"],
  ['a kind of literal', 'DELETE FROM orders WHERE true', 'DELETE FROM orders WHERE NULL'],
  ['a name', 'SELECT id AS a FROM orders', 'SELECT id AS b FROM orders'],
])('%s makes another statement', ([, one, other]) => {
  const analyser = analyserOf()
  const [first] = analyser.analyse(one).statements
  const [second] = analyser.analyse(other).statements
  expect(second).not.toBe(first)
  expect(analyser.analyse(`${one} -- again`).statements[0]).toBe(first)
})

test('facts that hold a statement’s own text are no other statement’s', () => {
  const analyser = analyserOf(true)
  const rows = (sql: string) => analyser.analyse(sql).statements[0]?.rows
  expect(rows('SELECT * FROM orders WHERE id = 1')).toMatchObject({ sql: 'SELECT * FROM orders WHERE id = 1' })
  expect(rows('SELECT * FROM orders WHERE id = 2')).toMatchObject({ sql: 'SELECT * FROM orders WHERE id = 2' })
})

const places = new Set(['location', 'list_start', 'list_end', 'rexpr_list_start', 'rexpr_list_end'])
const without = (tree: unknown): unknown =>
  JSON.parse(JSON.stringify(tree, (key, value: unknown) => (places.has(key) ? undefined : value)))

test('a normalized statement with its literals put back is the statement', async () => {
  for (const text of [...(await texts()), ...(await texts()).map((each) => `;; ${each}; SELECT 1; ${each}`)]) {
    const [whole, cut] = [parse(text), parseNormalized(text)]
    if (!whole.ok || !cut.ok) {
      expect(cut, text).toEqual(whole)
      continue
    }
    expect(
      cut.statements.map(({ span }) => span),
      text,
    ).toEqual(whole.statements.map(({ span }) => span))
    expect(
      cut.statements.map((each) => without(read(each).node)),
      text,
    ).toEqual(whole.statements.map(({ node }) => without(node)))
  }
})

test('a literal of many megabytes is taken out as any other', () => {
  const text = `SELECT '${'a\\"\n'.repeat(2_000_000)}'`
  const parsed = parseNormalized(text)
  expect(parsed.ok && parsed.statements[0]?.tree.length).toBeLessThan(500)
})
