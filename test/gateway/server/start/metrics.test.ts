import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { definitions } from '../../../../src/gateway/metrics/definitions.js'
import type { GatewayFolder } from '../../../helpers/gateway-folder.js'
import { type Started, started } from './started.js'

const listenOn =
  (address: string) =>
  (folder: GatewayFolder): Promise<void> =>
    folder.edit('gateway:\n', `gateway:\n  metrics: { listen: '${address}' }\n`)

const withMetrics = listenOn('127.0.0.1:0')

/** Where the metrics are, as the log has it. */
const addressOf = ({ log }: Started): string | undefined =>
  log.find(({ msg }) => msg === 'metrics are given out')?.['address'] as string | undefined

const scrape = async (it: Started): Promise<string> => {
  const answer = await fetch(`http://${addressOf(it)}/metrics`, { headers: { connection: 'close' } })
  expect(answer.status).toBe(200)
  return answer.text()
}

const valueOf = (text: string, series: string): number | undefined => {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}

test('a gateway whose configuration says nothing of metrics gives none out', async () => {
  await using it = await started()
  expect(addressOf(it)).toBeUndefined()
})

test('what sessions do comes out by connection, and nobody’s name or words with it', async () => {
  await using it = await started(withMetrics)
  const mika = await it.person('mika')
  const { client, ended } = await mika.connect()
  await client.query(`SELECT 'canary value' AS "canary column", $1::text`, ['canary parameter'])
  await client.query('SELECT canary_mistake').catch(() => undefined)
  const live = await scrape(it)
  expect(valueOf(live, 'hoop_sessions_open{connection="vectordb"}')).toBe(1)
  expect(valueOf(live, 'hoop_links_open')).toBe(1)
  await client.end()
  await ended
  const open = async () => valueOf(await scrape(it), 'hoop_sessions_open{connection="vectordb"}')
  await expect.poll(open, { timeout: 60_000 }).toBe(0)
  const casey = await it.person('casey')
  await casey.grant().catch(() => undefined)
  const text = await scrape(it)
  const expected = {
    'hoop_ready{for="grants"}': 1,
    'hoop_ready{for="logins"}': 1,
    'hoop_part_ready{part="store"}': 1,
    'hoop_sessions_started_total{connection="vectordb"}': 1,
    'hoop_sessions_ended_total{connection="vectordb",end="closed"}': 1,
    'hoop_statements_total{connection="vectordb",verdict="allowed"}': 2,
    'hoop_statement_errors_total{connection="vectordb"}': 1,
    'hoop_rows_total{connection="vectordb"}': 1,
    'hoop_quarantined{connection="vectordb"}': 0,
    // The person's, with which the session came: it stays for the next one.
    hoop_links_open: 1,
    hoop_links_opened_total: 1,
    hoop_sessions_limit: 1000,
  }
  expect(Object.fromEntries(Object.keys(expected).map((series) => [series, valueOf(text, series)]))).toEqual(expected)
  for (const series of [
    'hoop_relay_latency_seconds_count{connection="vectordb",to="server"}',
    'hoop_relay_latency_seconds_count{connection="vectordb",to="client"}',
    'hoop_store_seconds_count',
    'hoop_recording_seconds_count{operation="write"}',
    'hoop_free_bytes{of="recordings"}',
    'hoop_free_bytes{of="store"}',
    'hoop_key_written_timestamp_seconds{key="signing"}',
    'hoop_key_written_timestamp_seconds{key="masking"}',
    'process_resident_memory_bytes',
  ])
    expect([series, valueOf(text, series)]).toEqual([series, expect.toSatisfy((value: number) => value > 0)])
  const until = valueOf(text, 'hoop_certificate_expiry_timestamp_seconds{certificate="gateway",connection=""}')
  expect(until).toBeGreaterThan(Date.now() / 1000 + 300 * 86_400)
  const database = 'hoop_certificate_expiry_timestamp_seconds{certificate="database",connection="vectordb"}'
  expect(valueOf(text, database)).toBeGreaterThan(Date.now() / 1000)
  for (const secret of ['canary', 'mika', 'casey', 'Mika', it.folder.path]) expect(text).not.toContain(secret)
  expect(it.log.filter(({ msg }) => msg === 'a metric could not be read')).toEqual([])
})

test('every label is one that its definition has', async () => {
  await using it = await started(withMetrics)
  const mika = await it.person('mika')
  await (await mika.connect()).client.query('SELECT 1')
  const series = (await scrape(it)).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const wrong = series.filter((line) => {
    const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? []
    const plain = name.replace(/_(bucket|sum|count)$/, '')
    const definition = Object.entries(definitions).find(([each]) => each === name || each === plain)?.[1]
    const allowed = new Set<string>([...(definition?.labels ?? []), 'le'])
    return !definition || [...labels.matchAll(/(\w+)="/g)].some(([, label = '']) => !allowed.has(label))
  })
  expect(wrong).toEqual([])
})

test('metrics go on over a reload, and are not on the public port', async () => {
  await using it = await started(withMetrics)
  const mika = await it.person('mika')
  await (await mika.connect()).client.query('SELECT 1')
  const address = addressOf(it)
  await it.gateway.reload()
  expect(valueOf(await scrape(it), 'hoop_statements_total{connection="vectordb",verdict="allowed"}')).toBe(1)
  expect(addressOf(it)).toBe(address)
  await expect(mika.client.get('/metrics')).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('a reload that finds mistakes shows until one finds none', async () => {
  await using it = await started(withMetrics)
  const shown = async () => valueOf(await scrape(it), 'hoop_reload_failed')
  expect(await shown()).toBe(0)
  await it.folder.edit('connections:', 'conections: {}\nconnections:')
  await it.gateway.reload()
  expect(await shown()).toBe(1)
  await it.folder.edit('conections: {}\n', '')
  await it.gateway.reload()
  expect(await shown()).toBe(0)
})

test('while it drains metrics are given out, and say so; then their port is free', async () => {
  await using it = await started(withMetrics)
  const mika = await it.person('mika')
  const { client, ended } = await mika.connect()
  const closed = it.gateway.close(60_000)
  expect(await scrape(it)).toContain('hoop_part_ready{part="gateway"} 0\n')
  await client.end()
  await ended
  await closed
  await expect(scrape(it)).rejects.toThrow()
})

test('a metrics port that is in use keeps the gateway from starting, and leaves nothing behind', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await expect(started(listenOn(`127.0.0.1:${port}`))).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    message: expect.stringContaining(`127.0.0.1:${port}`) as string,
    hint: expect.stringContaining('gateway.metrics.listen') as string,
  })
  other.close()
})

test('a connection that is quarantined shows', async () => {
  await using it = await started(async (folder) => {
    await withMetrics(folder)
    await rm(folder.file('secrets'), { recursive: true })
  })
  const text = await scrape(it)
  expect(valueOf(text, 'hoop_quarantined{connection="vectordb"}')).toBe(1)
  expect(valueOf(text, 'hoop_quarantine_troubles{connection="vectordb",code="SECRET_MISSING"}')).toBe(1)
  expect(valueOf(text, 'hoop_ready{for="grants"}')).toBe(1)
  const mika = await it.person('mika')
  await mika.connect().catch(() => undefined)
  const refused = 'hoop_streams_refused_total{connection="vectordb",code="SECRET_MISSING"}'
  expect(valueOf(await scrape(it), refused)).toBe(1)
})
