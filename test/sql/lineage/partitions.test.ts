import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import type { Catalog } from '../../../src/sql/catalog.js'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { catalogOf } from '../shop.js'

/* The partition in which a row lies tells of what the table is partitioned by. */

const schema = `
  CREATE TABLE plain (id int, pin int) PARTITION BY RANGE (id);
  CREATE TABLE plain_low PARTITION OF plain FOR VALUES FROM (0) TO (10);
  CREATE TABLE pins (id int, pin int) PARTITION BY RANGE (pin);
  CREATE TABLE pins_low PARTITION OF pins FOR VALUES FROM (0) TO (10);
  CREATE TABLE halves (id int, pin int) PARTITION BY LIST ((pin / 2));
  CREATE TABLE halves_low PARTITION OF halves FOR VALUES IN (1);
  CREATE TABLE nested (id int, pin int) PARTITION BY LIST (id);
  CREATE TABLE nested_one PARTITION OF nested FOR VALUES IN (1) PARTITION BY RANGE (pin);
  CREATE TABLE nested_one_low PARTITION OF nested_one FOR VALUES FROM (0) TO (10);
  CREATE VIEW placed AS SELECT id, tableoid AS place FROM pins;
`
const masks = ['plain', 'pins', 'halves', 'nested'].map((table) => `public.${table}.pin`)

let database: FreshDatabase
let catalog: Catalog
beforeAll(async () => {
  database = await freshDatabase()
  const client = await database.client()
  await client.query(schema)
  catalog = await catalogOf(client, masks)
})
afterAll(() => database[Symbol.asyncDispose]())

const outputs = (sql: string) => {
  const [facts] = analyse(sql, catalog, { predicates: 'equality' }).statements
  return facts?.unproven?.subject ?? facts?.outputs?.map(({ kind }) => kind).join(' ')
}

test.for([
  ['SELECT id, tableoid FROM pins', 'clean derived'],
  ['SELECT ctid FROM pins', 'derived'],
  ['SELECT p.tableoid::regclass::text FROM pins p', 'derived'],
  ['SELECT public.pins.tableoid FROM public.pins', 'derived'],
  ['SELECT tableoid FROM halves', 'derived'],
  ['SELECT tableoid FROM nested', 'derived'],
  ['SELECT tableoid FROM nested_one', 'derived'],
  ['SELECT place FROM placed', 'derived'],
  ['SELECT x FROM (SELECT tableoid AS x FROM pins) y', 'derived'],
  ['UPDATE pins SET id = 1 RETURNING tableoid', 'derived'],
  ["SELECT id FROM pins WHERE tableoid = 'pins_low'::regclass", 'public.pins.pin'],
  ['SELECT id FROM pins ORDER BY tableoid', 'public.pins.pin'],
  ['SELECT count(*) FROM pins GROUP BY tableoid', 'public.pins.pin'],
  ['SELECT xmin FROM pins', 'clean'],
  ['SELECT tableoid, ctid FROM plain', 'clean clean'],
  ['SELECT tableoid FROM pins_low', 'clean'],
] as const)('%s: %s', ([sql, expected]) => {
  expect(outputs(sql)).toBe(expected)
})
