import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
