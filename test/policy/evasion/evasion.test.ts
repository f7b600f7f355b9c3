import { afterAll, beforeAll, expect, test } from 'vitest'
import { policySection } from '../../../src/policy/config/sections/policy.js'
import { PolicyGuard } from '../../../src/policy/guard.js'
import { loadCatalog, type Catalog } from '../../../src/sql/catalog.js'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { askerOf } from '../asker.js'
import { attempts, harmless } from './attempts.js'
import { schema } from './schema.js'

let database: FreshDatabase
let catalog: Catalog

beforeAll(async () => {
  database = await freshDatabase()
  const client = await database.client()
  await client.query(schema)
  catalog = await loadCatalog(
    async (sql, values) => (await client.query<Record<string, unknown>>(sql, values)).rows,
    [],
  )
})

afterAll(async () => database[Symbol.asyncDispose]())

const guards = new Map<string, PolicyGuard>()

const decide = (when: Record<string, unknown>, text: string) => {
  const key = JSON.stringify(when)
  const policy = policySection.parse({ rules: [{ name: 'the-rule', when, do: 'block' }] })
  const source = { catalog, refresh: async () => undefined }
  const guard = guards.get(key) ?? new PolicyGuard({ policy, clear: false, source, maskKey: Buffer.alloc(32) })
  guards.set(key, guard)
  return guard.decide(text, askerOf())
}

test('there are at least 150 attempts', () => {
  expect(attempts.flatMap(([, , statements]) => statements).length).toBeGreaterThanOrEqual(150)
})

test.for(attempts.flatMap(([name, when, statements]) => statements.map((text) => [name, text, when] as const)))(
  '%s: %s is refused by the rule',
  ([, text, when]) => expect(decide(when, text)).toMatchObject({ kind: 'refuse', rule: 'the-rule' }),
)

test.for(harmless)('%o lets through %s', ([when, text]) => expect(decide(when, text)).toMatchObject({ kind: 'allow' }))
