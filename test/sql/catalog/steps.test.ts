import { beforeAll, expect, test } from 'vitest'
import { build } from '../../../src/sql/catalog/read/build.js'
import { parsed } from '../../../src/sql/catalog/read/json.js'
import type { Snapshot } from '../../../src/sql/catalog/read/queries.js'
import { readingOf } from '../../../src/sql/catalog/read/reading.js'
import { effects } from '../../../src/sql/effects/read.js'
import { initParser } from '../../../src/sql/parser.js'
import { atOnce, STEP, type Steps } from '../../../src/sql/steps.js'

beforeAll(initParser)

const TABLES = 3_000
const VIEWS = 100
const CHILDREN = 1_000
/** Each leads to all behind it, so that there are as many pairs as the square of it. */
const KEYS = 300

const table = (at: number) =>
  [16_384 + at, 'many', `t${at}`, 'r', 2200, '[1,"id",23,-1,""],[2,"email",25,-1,""]', `i${at}`, false] as const
const view = (at: number) =>
  [50_000 + at, 'many', `v${at}`, 'v', 2200, '[1,"id",23,-1,""],[2,"shown",25,-1,""]', `v${at}`, false] as const

const upTo = <T>(count: number, of: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => of(at))

const text = [25, 'text', 'b', 'S', 0, 0, -1, null] as const
const whole = [23, 'int4', 'b', 'N', 0, 0, -1, null] as const

/** As a server gives it: views on tables of which the first has a masked column, and children of a table. */
const snapshot: Snapshot = {
  relations: [...upTo(TABLES, table), ...upTo(VIEWS, view)],
  definitions: upTo(VIEWS, (at) => [50_000 + at, ` SELECT t.id, t.email AS shown FROM many.t${at} t`] as const),
  dependencies: upTo(VIEWS, (at) => [50_000 + at, 16_384 + at] as const),
  inheritance: upTo(CHILDREN, (at) => [16_900 + at, 16_384] as const),
  types: [text, whole],
  rowTypes: upTo(TABLES, (at) => [100_000 + 2 * at, 100_001 + 2 * at] as const),
  ...{ extensions: [], generated: [], ruleVersions: [], triggers: [], rules: [], builtin: [], added: [] },
  ...{ operators: [], casts: [], functionVersions: [], operatorVersions: [], typeVersions: [], castsVersion: [[null]] },
  effects: {
    ...(Object.fromEntries(Object.keys(effects).map((name) => [name, []])) as unknown as Snapshot['effects']),
    keys: upTo(KEYS, (at) => ({
      ...{ confrelid: 16_384 + at, conrelid: 16_385 + at, confdeltype: at % 100 === 0 ? 'a' : 'c', confupdtype: 'a' },
      ...{ confkey: [2], conkey: [2] },
    })),
  },
}
const head = { identity: 'one', state: 'first', single: false }
const needs = { masked: ['many.t0.email'], rules: { columns: [], relations: ['many.*'] } }

/** @returns what the steps come to, and after how many pauses */
const counted = <T>(steps: Steps<T>): readonly [result: T, pauses: number] => {
  for (let pauses = 0; ; pauses++) {
    const step = steps.next()
    if (step.done) return [step.value, pauses]
  }
}

test('a catalog of many relations is made in many steps', () => {
  const [reading, readingPauses] = counted(readingOf(snapshot, head))
  expect(readingPauses).toBeGreaterThan((2 * TABLES) / STEP)
  const [catalog, pauses] = counted(build(reading, needs))
  expect(pauses).toBeGreaterThan((2 * TABLES) / STEP + VIEWS)
  expect(catalog.relations.size).toBe(TABLES + VIEWS)
  // The masked table's view, and its children with a view on each.
  const masked = [...catalog.relations.values()].filter((relation) => relation.masked)
  expect(masked.map(({ name }) => name)).toContain('v0')
  expect(masked).toHaveLength(1 + CHILDREN + 1)
})

test('what others make in between changes nothing in it', () => {
  const plain = atOnce(build(atOnce(readingOf(snapshot, head)), needs))
  const [one, other] = [readingOf(snapshot, head), readingOf(snapshot, head)]
  // Two readings, and two catalogs of one of them, step by step beside each other.
  const beside = <A, B>(a: Steps<A>, b: Steps<B>): readonly [A, B] => {
    let [left, right] = [a.next(), b.next()]
    while (!left.done || !right.done) {
      if (!left.done) left = a.next()
      if (!right.done) right = b.next()
    }
    return [left.value, right.value]
  }
  const [reading] = beside(one, other)
  const [catalog, unmasked] = beside(build(reading, needs), build(reading, { masked: [] }))
  expect(unmasked.masked.size).toBe(0)
  const columns = ({ relations }: typeof plain) =>
    [...relations.values()].map(({ columns, version, masked, opaque, bases }) => [
      ...[columns, version, masked, opaque],
      bases.map(({ oid }) => oid),
    ])
  expect(columns(catalog)).toEqual(columns(plain))
  expect({ ...catalog, relations: undefined }).toEqual({ ...plain, relations: undefined })
})

test('a long text of JSON is parsed in steps to what JSON.parse makes of it', () => {
  const hard = ['a,b', '"', '\\', '\\"', ']', '}', '[{', '\\\\",[', 'ü\n\u2028', '']
  const rows = upTo(5_000, (at) => [
    at,
    hard[at % hard.length],
    null,
    [at, [{ x: hard[(at + 3) % hard.length] }]],
    -1.5,
  ])
  const documents = {
    rows,
    'a "name": [': rows,
    empty: [],
    none: null,
    nested: { rows: rows.slice(0, 2_000) },
    word: 'x',
  }
  for (const value of [rows, documents, [rows], { rows }, [], {}, 'x'.repeat(100_000), ['y'.repeat(200_000)]])
    for (const indent of [undefined, 1]) {
      const json = JSON.stringify(value, undefined, indent)
      const [result, pauses] = counted(parsed(json))
      expect(result).toStrictEqual(value)
      if (value === rows) expect(pauses).toBeGreaterThan(json.length / 100_000)
    }
})

test.each(['[1,2', '{"a":[1', `[${'1,'.repeat(50_000)}`, `{"a":[${'1,'.repeat(50_000)}]`])(
  'a JSON text that ends early is refused: %.10s',
  (json) => {
    expect(() => counted(parsed(json))).toThrow(SyntaxError)
  },
)
