import { readFile } from 'node:fs/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openOwnTests, type OwnTests, type Suite } from './own-tests.js'

/** `npm run regress`: PostgreSQL's own tests, through the port that `hoop connect` opens. Takes some minutes. */
const asked = process.env['HOOP_TEST_REGRESS']

const report = (what: string, { count, failed, output, differences }: Suite): string => {
  console.log(`${what}: ${count - failed.length} of ${count} passed`)
  return differences.slice(0, 20_000) || output
}

describe.skipIf(asked === undefined)('PostgreSQL’s own tests, through hoop’s port', () => {
  let own: OwnTests
  beforeAll(async () => {
    // psql handles large objects by function calls.
    own = await openOwnTests('template0', { connection: { function_calls: true } })
  })
  afterAll(() => own[Symbol.asyncDispose]())

  test('libpq_pipeline passes', async () => {
    const suite = await own.pipelines()
    const said = report('libpq_pipeline', suite)
    expect(suite.count).toBeGreaterThan(5)
    expect(suite.failed, said).toEqual([])
  }, 300_000)

  test('the regression suite passes', async () => {
    const suite = await own.regress()
    const said = report('regression suite', suite)
    expect(suite.count, said).toBeGreaterThan(180)
    expect(suite.failed, said).toEqual([])
  }, 1_800_000)
})

const inTemplate = async (sql: string): Promise<void> => {
  const url = new URL(inject('databaseUrl'))
  url.pathname = '/template1'
  const client = new Client({ connectionString: url.href })
  await client.connect()
  await client.query(sql)
  await client.end()
}

/** Names of tests that the register says don't pass under masks. */
const registered = async (): Promise<ReadonlySet<string>> => {
  const page = await readFile(new URL('../../docs/limitations.md', import.meta.url), 'utf8')
  const [, section = ''] = page.split('## PostgreSQL’s own tests under masks\n')
  const rows = section
    .split('\n## ')[0]!
    .split('\n')
    .filter((line) => line.startsWith('| '))
  return new Set(
    rows.flatMap((row) => [...row.split('|')[2]!.matchAll(/`(\w+(?:\.\w+)*)`/g)].map(([, name = '']) => name)),
  )
}

describe.skipIf(asked === undefined)('PostgreSQL’s own tests, while a table that they don’t know is masked', () => {
  let own: OwnTests
  beforeAll(async () => {
    await inTemplate(`CREATE SCHEMA vault; CREATE TABLE vault.person (id int PRIMARY KEY, email text, pin int);
      INSERT INTO vault.person VALUES (1, 'ada@example.com', 4711)`)
    const masks = [{ columns: ['vault.person.email', 'vault.person.pin'], with: 'redact' }]
    own = await openOwnTests('template1', { policies: { open: { masks } } })
  })
  afterAll(async () => {
    await own[Symbol.asyncDispose]()
    await inTemplate('DROP SCHEMA vault CASCADE')
  })

  test('all pass but those that docs/limitations.md names', async () => {
    const suite = await own.regressOnTables()
    const said = report('regression suite under masks', suite)
    const known = await registered()
    console.log(`did not pass: ${suite.failed.join(' ')}`)
    expect(suite.count, said).toBeGreaterThan(180)
    expect(suite.failed.filter((name) => !known.has(name))).toEqual([])
  }, 3_600_000)
})
