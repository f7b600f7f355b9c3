import type { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HoopError } from '../../src/lib/errors.js'
import type { ColumnMask } from '../../src/masking/types.js'
import { policySection } from '../../src/policy/config/sections/policy.js'
import type { AllowedStatement, Decision } from '../../src/policy/decision.js'
import { PolicyGuard } from '../../src/policy/guard.js'
import { loadCatalog, type Catalog } from '../../src/sql/catalog.js'
import type { Field } from '../../src/wire/backend.js'
import { freshDatabase, type FreshDatabase } from '../helpers/database.js'
import { askerOf } from './asker.js'

const policy = policySection.parse({
  masks: [
    { columns: ['public.customers.email'], with: 'email' },
    { columns: ['public.customers.ssn'], with: { keep_last: 4 } },
    { columns: ['public.customers.born', 'crm.people.phone'] },
  ],
  predicates: { default: 'deny' },
  rules: [
    { name: 'no-drop', when: { statement: ['drop'] }, do: 'block' },
    { name: 'no-secrets', when: { reads: ['secret.*'] }, do: 'block', message: 'secrets stay where they are' },
  ],
})

const schema = `
  CREATE TABLE customers (id int PRIMARY KEY, name text, email text, ssn varchar(11), born date);
  CREATE TABLE orders (id int, customer_id int);
  CREATE SCHEMA crm;
  CREATE TABLE crm.people (id int, phone text, digits text GENERATED ALWAYS AS (replace(phone, '-', '')) STORED);
  CREATE SCHEMA secret; CREATE TABLE secret.keys (k text);
  CREATE VIEW public.keyring AS SELECT k FROM secret.keys;
  INSERT INTO customers VALUES (1, 'Ada', 'ada@example.com', '123-45-6789', '1815-12-10')`

let database: FreshDatabase
let client: Client
let reader: Client
/** As the gateway has it: read on demand, another object each time. */
let source: { catalog: Catalog; refresh(): Promise<void> }
let guard: PolicyGuard

const asker = askerOf()

const maskKey = Buffer.alloc(32, 1)

beforeAll(async () => {
  database = await freshDatabase()
  client = await database.client()
  reader = await database.client()
  await client.query(schema)
  const load = () =>
    loadCatalog(
      async (sql, parameters) => (await reader.query<Record<string, unknown>>(sql, parameters)).rows,
      policy.masks.flatMap(({ columns }) => columns),
    )
  source = {
    catalog: await load(),
    async refresh() {
      this.catalog = await load()
    },
  }
  guard = new PolicyGuard({ policy, clear: false, source, maskKey })
})

afterAll(async () => database[Symbol.asyncDispose]())

const allowedIn = (decision: Decision): readonly AllowedStatement[] => {
  if (decision.kind === 'refuse') throw decision.error
  return decision.statements
}

const refusalOf = (text: string, by = guard): HoopError | undefined => {
  const decision = by.decide(text, asker)
  return decision.kind === 'refuse' ? decision.error : undefined
}

/** Runs a statement directly and gives its RowDescription. */
const described = async (text: string): Promise<Field[]> =>
  (await client.query(text)).fields.map(
    ({ name, tableID, columnID, dataTypeID, dataTypeSize, dataTypeModifier }): Field => ({
      ...{ name, table: tableID, attribute: columnID, type: dataTypeID, size: dataTypeSize },
      ...{ modifier: dataTypeModifier, format: 0 },
    }),
  )

const labels = (masks: ReturnType<PolicyGuard['masks']>) => {
  if (masks instanceof HoopError) throw masks
  return masks?.map((mask: ColumnMask | undefined) => mask && [mask.column, mask.spec])
}

const email = ['public.customers.email', 'email']

test.for<[string, unknown]>([
  ['SELECT email FROM customers', [email]],
  ['SELECT c.name, c.email AS x FROM customers c JOIN orders o ON o.customer_id = c.id', [undefined, email]],
  [
    'SELECT * FROM customers',
    [undefined, undefined, email, ['public.customers.ssn', { keep_last: 4 }], ['public.customers.born', 'redact']],
  ],
  ['SELECT name FROM customers', undefined],
  ['SELECT 1', undefined],
  ['SELECT count(*) FROM orders', undefined],
  ["INSERT INTO customers VALUES (2, 'Bob') RETURNING email, name", [email, undefined]],
])('%s gets its masks by the origin that the server reports', async ([text, expected]) => {
  const [statement] = allowedIn(guard.decide(text, asker))
  expect(labels(guard.masks(await described(text), statement))).toEqual(expected)
})

test('without an expectation, the origin alone decides', async () => {
  expect(labels(guard.masks(await described('SELECT name, email FROM customers'), undefined))).toEqual([
    undefined,
    email,
  ])
})

test('a result that differs from what was expected is stopped', async () => {
  const [statement] = allowedIn(guard.decide('SELECT name, email FROM customers', asker))
  const fields = await described('SELECT name, email FROM customers')
  const stopped = (fields: Field[]) =>
    expect(guard.masks(fields, statement)).toMatchObject({ code: 'STATEMENT_UNPROVEN' })
  stopped(fields.slice(0, 1))
  stopped(fields.toReversed())
  stopped(fields.map((field) => ({ ...field, table: field.table + 1 })))
})

test('a masked origin where a clean column was expected stops the result', async () => {
  const [statement] = allowedIn(guard.decide('SELECT name FROM customers', asker))
  const masks = guard.masks(await described('SELECT email AS name FROM customers'), statement)
  expect(masks).toMatchObject({ code: 'STATEMENT_UNPROVEN' })
})

test('a masked column that the server names no origin of is redacted whole', async () => {
  const [statement] = allowedIn(guard.decide('SELECT email FROM customers', asker))
  const fields = (await described('SELECT email FROM customers')).map((field) => ({ ...field, table: 0, attribute: 0 }))
  expect(guard.masks(fields, statement)).toMatchObject([{ spec: 'redact', nulls: 'hide' }])
})

test('what is computed from masked columns is ******** where it is text, and NULL elsewhere', async () => {
  const text = "SELECT upper(email), length(email), nullif(email, 'x'), c, ARRAY[email], name FROM customers c"
  const [statement] = allowedIn(guard.decide(text, asker))
  const masks = guard.masks(await described(text), statement)
  const redact = { spec: 'redact', nulls: 'hide' }
  expect(masks).toMatchObject([
    redact,
    { spec: 'null', type: { name: 'int4' } },
    redact,
    {},
    { spec: 'null' },
    undefined,
  ])
})

test('of a statement that is not known, only what the server says is a clean column is clean', async () => {
  const fields = await described('SELECT name, email, count(*) FROM customers GROUP BY 1, 2')
  expect(guard.masks(fields, undefined)).toMatchObject([
    undefined,
    { spec: 'email' },
    { spec: 'null', derived: [expect.any(String)] },
  ])
})

test('under derived: refuse, what only the server says is computed stops the result', async () => {
  const strict = new PolicyGuard({ policy: { ...policy, derived: 'refuse' }, clear: false, source, maskKey })
  expect(refusalOf('PREPARE q AS SELECT upper(email) FROM customers', strict)).toMatchObject({
    code: 'COLUMN_DERIVED',
    about: 'public.customers.email',
  })
  const [statement] = allowedIn(strict.decide('SELECT email FROM customers', asker))
  const fields = await described('SELECT email FROM customers')
  expect(labels(strict.masks(fields, statement))).toEqual([email])
  const moved = fields.map((field) => ({ ...field, table: 0, attribute: 0 }))
  expect(strict.masks(moved, statement)).toMatchObject({ code: 'COLUMN_DERIVED' })
  expect(strict.masks(await described('SELECT count(*) FROM customers'), undefined)).toMatchObject({
    code: 'COLUMN_DERIVED',
  })
})

test('a column of another type than the catalog says is left out rather than made up', async () => {
  const fields = await described('SELECT email FROM customers')
  const changed = fields.map((field) => ({ ...field, type: 23 }))
  expect(labels(guard.masks(changed, undefined))).toEqual([['public.customers.email', 'null']])
})

test.for<[string, string]>([
  ['SELECT name FROM customers ORDER BY upper(email)', 'COLUMN_MASKED'],
  ["SELECT name FROM customers WHERE email = 'x'", 'COLUMN_MASKED'],
  ['CREATE TABLE x AS SELECT digits FROM crm.people', 'COLUMN_MASKED'],
  ['CREATE TABLE x AS SELECT email FROM customers', 'COLUMN_MASKED'],
  ['SET standard_conforming_strings = off', 'SETTING_PINNED'],
  ['DROP TABLE orders', 'STATEMENT_BLOCKED'],
  ['SELECT * FROM secret.keys', 'STATEMENT_BLOCKED'],
  ['SELECT * FROM keyring', 'STATEMENT_BLOCKED'],
  ['SELECT 1; DROP TABLE orders', 'STATEMENT_BLOCKED'],
  ['SELEC 1', 'SYNTAX'],
  ['SELECT 1\0', 'SYNTAX'],
  [`SELECT ${'('.repeat(50_000)}1${')'.repeat(50_000)}`, 'SYNTAX'],
])('%s is refused with %s', ([text, code]) => {
  expect(refusalOf(text)?.code).toBe(code)
})

test.for([
  'PREPARE p AS SELECT digits FROM crm.people ORDER BY 1',
  "COPY customers TO '/tmp/x'",
  "COPY customers TO PROGRAM 'cat'",
])('%s is refused, one way or another', (text) => expect(refusalOf(text)?.sqlstate).toBe('42501'))

test('a column computed from a masked one never comes out, even where nothing was expected of the statement', async () => {
  expect(guard.masks(await described('SELECT digits FROM crm.people'), undefined)).toMatchObject([
    { column: 'crm.people.phone', spec: 'redact', nulls: 'hide' },
  ])
})

test('a syntax error is PostgreSQL’s own, with its position', async () => {
  const server = (await client.query('SELECT 1 FROM WHERE').catch((error: unknown) => error)) as Record<string, string>
  const error = refusalOf('SELECT 1 FROM WHERE')
  expect(error?.sqlstate).toBe(server['code'])
  expect(String(error?.position)).toBe(server['position'])
  expect(error?.message).toContain(server['message'])
})

test('a refusal by a rule names it, and says what the rule says', () => {
  const decision = guard.decide('SELECT k FROM secret.keys', asker)
  expect(decision).toMatchObject({
    kind: 'refuse',
    rule: 'no-secrets',
    facts: [{ kinds: ['select'], reads: ['secret.keys'] }],
  })
  expect(refusalOf('SELECT k FROM secret.keys')?.message).toContain('secrets stay where they are')
})

test.for([
  ['COPY customers TO STDOUT', 'text', [undefined, undefined, 'email', { keep_last: 4 }, 'redact']],
  ['COPY customers (email, id) TO STDOUT (FORMAT csv, HEADER)', 'csv', ['email', undefined]],
  ['COPY (SELECT id, email FROM customers) TO STDOUT (FORMAT binary)', 'binary', [undefined, 'email']],
] as const)('%s is masked by column', ([text, format, specs]) => {
  const [statement] = allowedIn(guard.decide(text, asker))
  expect(statement?.copy?.masks.map((mask) => mask?.spec)).toEqual(specs)
  expect(statement?.copy?.shape).toMatchObject({ format, columns: specs.length, header: format === 'csv' })
})

test('COPY of what is not masked goes as it is', () => {
  expect(allowedIn(guard.decide('COPY orders TO STDOUT', asker))[0]?.copy).toBeUndefined()
})

test('a decision is made once for a text and a catalog, and anew when the catalog changes', async () => {
  const first = guard.decide('SELECT email FROM customers', asker)
  expect(guard.decide('SELECT email FROM customers', asker)).toBe(first)
  await guard.refresh()
  expect(guard.decide('SELECT email FROM customers', asker)).not.toBe(first)
  const [changes] = allowedIn(guard.decide('CREATE TABLE customers_old (id int)', asker))
  expect(changes?.ddl).toBe(true)
})

test('a masked table that is not in the catalog, or has lost its column, is refused', async () => {
  await client.query('ALTER TABLE customers RENAME COLUMN email TO mail')
  await guard.refresh()
  for (const text of [
    'SELECT * FROM customers',
    'SELECT mail FROM public.customers',
    'UPDATE customers SET name = name',
  ])
    expect(refusalOf(text)?.message).toContain('public.customers.email')
  expect(refusalOf('SELECT * FROM orders')).toBeUndefined()
  await client.query('ALTER TABLE customers RENAME COLUMN mail TO email; ALTER TABLE customers RENAME TO people_of_old')
  await guard.refresh()
  expect(refusalOf('SELECT * FROM public.customers')?.code).toBe('STATEMENT_UNPROVEN')
  const withoutRules = new PolicyGuard({ policy: { ...policy, rules: [] }, clear: false, source, maskKey })
  expect(refusalOf('SELECT * FROM customers', withoutRules)?.code).toBe('STATEMENT_UNPROVEN')
  // It may be in any schema, so it may be one of the secrets.
  expect(refusalOf('SELECT * FROM customers')?.code).toBe('STATEMENT_BLOCKED')
  await client.query('ALTER TABLE people_of_old RENAME TO customers')
  await guard.refresh()
  expect(refusalOf('SELECT * FROM customers')).toBeUndefined()
})

test('with rules alone no catalog is needed and nothing is masked', async () => {
  const rules = policySection.parse({ rules: [{ name: 'no-drop', when: { statement: ['drop'] }, do: 'block' }] })
  const plain = new PolicyGuard({ policy: rules, clear: false, source: undefined, maskKey })
  expect(plain.masking).toBe(false)
  expect(refusalOf('DROP TABLE x', plain)?.code).toBe('STATEMENT_BLOCKED')
  expect(refusalOf('SELECT upper(email) FROM customers', plain)).toBeUndefined()
  expect(plain.masks(await described('SELECT email FROM customers'), undefined)).toBeUndefined()
})

test('a catalog that cannot be had means refusal, not a crash and not a way through', () => {
  const broken = {
    get catalog(): Catalog {
      throw new Error('gone')
    },
    refresh: async () => undefined,
  }
  const blind = new PolicyGuard({ policy, clear: false, source: broken, maskKey })
  expect(refusalOf('SELECT 1', blind)?.code).toBe('INTERNAL')
  expect(blind.masks([], undefined)).toBeInstanceOf(HoopError)
  expect(() => new PolicyGuard({ policy, clear: false, source: undefined, maskKey })).toThrow(HoopError)
})
