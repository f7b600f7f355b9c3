import { expect, test } from 'vitest'
import { definitions } from '../../../src/gateway/metrics/definitions.js'
import { createExposition } from '../../../src/gateway/metrics/exposition.js'
import { GatewayMetrics } from '../../../src/gateway/metrics/gateway-metrics.js'
import type { Sources } from '../../../src/gateway/metrics/readings.js'
import { HoopError } from '../../../src/lib/errors.js'

const gateway = (over: Partial<Sources> = {}): { metrics: GatewayMetrics; sources: Sources } => {
  const metrics = new GatewayMetrics()
  const sources: Sources = {
    version: '1.2.3',
    metrics,
    connections: () => ['vectordb', 'reports'],
    sessionsLimit: () => 1000,
    connectionsWaiting: () => 3,
    approvalsWaiting: () => 2,
    quarantined: () => [],
    directLogins: () => [{ connection: 'vectordb', count: 2 }],
    ready: async () => ({
      ready: true,
      grants: true,
      logins: false,
      parts: { identity: 'failed' },
      quarantined: 0,
      stale_secrets: 0,
    }),
    host: { free: async () => [], certificates: async () => [], keys: async () => [] },
    ...over,
  }
  return { metrics, sources }
}

const neverFails = (metric: string, error: unknown): never => {
  throw new Error(metric, { cause: error })
}

const linesOf = async (sources: Sources, beginning: string): Promise<string[]> =>
  (await createExposition(sources, neverFails).text()).split('\n').filter((line) => line.startsWith(beginning))

test('every metric is there, with its type and its help', async () => {
  const { sources } = gateway()
  const text = await createExposition(sources, neverFails).text()
  for (const [name, { type, help }] of Object.entries(definitions)) {
    expect(text).toContain(`# TYPE ${name} ${type}\n`)
    expect(text).toContain(`# HELP ${name} ${help}\n`)
  }
})

test('counts come out by connection, verdict and rule', async () => {
  const { metrics, sources } = gateway()
  const vectordb = metrics.connection('vectordb')
  vectordb.statements.allowed = 7
  vectordb.refused('STATEMENT_BLOCKED', 'no-drop')
  vectordb.refused('STATEMENT_UNPROVEN')
  vectordb.rows = 12
  expect(await linesOf(sources, 'hoop_refusals_total')).toEqual([
    'hoop_refusals_total{connection="vectordb",code="STATEMENT_BLOCKED",rule="no-drop"} 1',
    'hoop_refusals_total{connection="vectordb",code="STATEMENT_UNPROVEN",rule=""} 1',
  ])
  const statements = await linesOf(sources, 'hoop_statements_total')
  expect(statements).toContain('hoop_statements_total{connection="vectordb",verdict="allowed"} 7')
  expect(statements).toContain('hoop_statements_total{connection="vectordb",verdict="refused"} 2')
  expect(await linesOf(sources, 'hoop_rows_total')).toEqual(['hoop_rows_total{connection="vectordb"} 12'])
})

test('a name with quotes, backslashes or line breaks in it stays one value of one label', async () => {
  const { metrics, sources } = gateway()
  metrics.connection('vectordb').refused('STATEMENT_BLOCKED', 'no "drop"\\\n1')
  expect(await linesOf(sources, 'hoop_refusals_total')).toEqual([
    String.raw`hoop_refusals_total{connection="vectordb",code="STATEMENT_BLOCKED",rule="no \"drop\"\\\n1"} 1`,
  ])
})

test('a histogram has its buckets with all that is below them, a sum and a count', async () => {
  const { metrics, sources } = gateway()
  for (const ms of [0.04, 0.3, 0.3, 20_000]) metrics.queried(ms, ms > 1000)
  const lines = await linesOf(sources, 'hoop_store_seconds')
  expect(lines.slice(0, 5)).toEqual([
    'hoop_store_seconds_bucket{le="0.00005"} 1',
    'hoop_store_seconds_bucket{le="0.0001"} 1',
    'hoop_store_seconds_bucket{le="0.00025"} 1',
    'hoop_store_seconds_bucket{le="0.0005"} 3',
    'hoop_store_seconds_bucket{le="0.001"} 3',
  ])
  expect(lines.slice(-3)).toEqual([
    'hoop_store_seconds_bucket{le="+Inf"} 4',
    expect.stringMatching(/^hoop_store_seconds_sum 20\.00064/) as string,
    'hoop_store_seconds_count 4',
  ])
  expect(await linesOf(sources, 'hoop_store_failures_total')).toEqual(['hoop_store_failures_total 1'])
})

test('counters don’t double from one reading to the next, and what is over is gone', async () => {
  const troubles = [{ database: 'vectors', error: new HoopError('UPSTREAM_UNREACHABLE', 'db.internal') }]
  let quarantined: ReturnType<Sources['quarantined']> = [{ connection: 'vectordb', since: new Date(5000), troubles }]
  const { metrics, sources } = gateway({ quarantined: () => quarantined })
  metrics.connection('vectordb').rows = 12
  const exposition = createExposition(sources, neverFails)
  const first = await exposition.text()
  for (const line of [
    'hoop_rows_total{connection="vectordb"} 12',
    'hoop_quarantined{connection="vectordb"} 1',
    'hoop_quarantined{connection="reports"} 0',
    'hoop_quarantined_since_timestamp_seconds{connection="vectordb"} 5',
    'hoop_quarantine_troubles{connection="vectordb",code="UPSTREAM_UNREACHABLE"} 1',
  ])
    expect(first.split('\n')).toContain(line)
  expect(first).not.toContain('db.internal')
  quarantined = []
  const second = await exposition.text()
  expect(second).toContain('hoop_rows_total{connection="vectordb"} 12\n')
  expect(second).toContain('hoop_quarantined{connection="vectordb"} 0\n')
  expect(second).not.toMatch(/^hoop_quarantine(_troubles|d_since)[^\n]*vectordb/m)
})

test('readiness comes out in parts', async () => {
  const { sources } = gateway()
  expect(await linesOf(sources, 'hoop_ready')).toEqual(['hoop_ready{for="grants"} 1', 'hoop_ready{for="logins"} 0'])
  expect(await linesOf(sources, 'hoop_part_ready')).toEqual([
    'hoop_part_ready{part="gateway"} 1',
    'hoop_part_ready{part="identity"} 0',
  ])
})

test('what can’t be read is left out and said, and the rest comes', async () => {
  const said: string[] = []
  const { sources } = gateway({
    sessionsLimit: () => {
      throw new Error('no')
    },
    host: {
      free: () => Promise.reject(new Error('the folder is gone')),
      certificates: async () => [{ certificate: 'gateway', connection: '', until: new Date(86_400_000) }],
      keys: async () => [],
    },
  })
  const text = await createExposition(sources, (metric) => said.push(metric)).text()
  expect(said.toSorted()).toEqual(['hoop_free_bytes', 'hoop_sessions_limit'])
  expect(text).not.toMatch(/^hoop_free_bytes/m)
  expect(text).toContain('hoop_certificate_expiry_timestamp_seconds{certificate="gateway",connection=""} 86400\n')
})
