import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { GatewayMetrics } from '../../../src/gateway/metrics/gateway-metrics.js'
import type { Distribution } from '../../../src/gateway/metrics/distribution.js'
import { approvalStage } from '../approvals/stage.js'
import { guardOf } from '../relay/policy.js'

const tables = `create table customers (id int, email text);
  insert into customers select n, n || '@example.com' from generate_series(1, 10) n;`

const policy = {
  masks: [{ columns: ['public.customers.email'], with: 'email' }],
  rules: [
    { name: 'no-drop', when: { statement: ['drop'] }, do: 'block' },
    { name: 'careful', when: { statement: ['delete'] }, do: 'warn' },
    { name: 'ask', when: { statement: ['insert'] }, do: 'approve', approvers: { groups: ['dba'] } },
  ],
}

const connected = async (port: number): Promise<Client> => {
  const client = new Client({ host: '127.0.0.1', port, user: 'x', ssl: false })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

const count = ({ counts }: Distribution): number => counts.reduce((all, one) => all + one)

const stage = (metrics: GatewayMetrics, over = {}) =>
  approvalStage({ metrics, tables, guardOf: (url) => guardOf(url, { ...policy, ...over }) })

test('each statement is counted once, by what became of it, and a refusal by its rule', async () => {
  const metrics = new GatewayMetrics()
  await using it = await stage(metrics)
  const client = await connected(it.relay.port)
  const counted = metrics.connection('vectordb')
  await client.query('select * from customers')
  await client.query('select * from customers where id = $1', [1])
  await client.query('delete from effects')
  await expect(client.query('drop table effects')).rejects.toThrow('no-drop')
  await expect(client.query('select md5(email) from customers order by email')).rejects.toMatchObject({ code: '42501' })
  await expect(client.query('select 1/0')).rejects.toMatchObject({ code: '22012' })
  const asked = client.query('insert into effects values (1)')
  const [request] = await it.open()
  await it.approve(request!.id)
  await asked
  expect(counted.open).toBe(1)
  await client.end()
  await it.relay.registry.idle()
  expect(counted.statements).toMatchObject({ allowed: 3, warned: 1, approved: 1, observed: 0 })
  const refused = [...counted.refusals]
  expect(refused.map(({ labels }) => labels)).toContainEqual({ code: 'STATEMENT_BLOCKED', rule: 'no-drop' })
  expect(refused.reduce((all, { value }) => all + value, 0)).toBe(counted.statements.refused)
  expect(counted).toMatchObject({ rows: 11, masked: 11, started: 1, open: 0, ended: { closed: 1, killed: 0 } })
  expect(counted.bytes).toBeGreaterThan(11 * 10)
  expect(counted.errors).toBe(1)
  expect([...metrics.approvals]).toEqual([
    { labels: { connection: 'vectordb', outcome: 'requested' }, value: 1 },
    { labels: { connection: 'vectordb', outcome: 'approved' }, value: 1 },
  ])
  const { sessions } = it.relay
  // The session's own counters and the metrics tell the same.
  const events = await it.relay.recording(sessions.length - 1)
  const end = events.at(-1) as { counters?: { statements: number; refused: number } }
  const { statements } = counted
  const ran = statements.allowed + statements.warned + statements.approved + statements.observed + statements.checked
  expect(end.counters).toMatchObject({ statements: ran, refused: statements.refused })
})

test('under a policy that only observes, a statement that a rule would have stopped is counted so', async () => {
  const metrics = new GatewayMetrics()
  await using it = await stage(metrics, { mode: 'observe' })
  const client = await connected(it.relay.port)
  await client.query('drop table effects; create table effects (id int)')
  await client.end()
  await it.relay.registry.idle()
  expect(metrics.connection('vectordb').statements).toMatchObject({ observed: 1, refused: 0 })
})

test('what a person takes to decide is waiting, and not latency of the gateway', async () => {
  const metrics = new GatewayMetrics()
  await using it = await stage(metrics)
  const client = await connected(it.relay.port)
  const asked = client.query('insert into effects values (1)')
  const [request] = await it.open()
  expect(it.approvals.waiting).toBe(1)
  await setTimeout(600)
  await it.deny(request!.id)
  await expect(asked).rejects.toThrow()
  await client.end()
  await it.relay.registry.idle()
  expect(count(metrics.waited.approval)).toBe(1)
  expect(metrics.waited.approval.sum).toBeGreaterThan(0.5)
  const { toServer, toClient, received } = metrics.connection('vectordb')
  expect(count(toClient)).toBeGreaterThan(0)
  // The Terminate alone: what the statement led to in the end isn't counted from when it was read.
  expect(count(toServer)).toBe(1)
  expect(received.client).toBeGreaterThan(30)
  expect(received.server).toBeGreaterThan(0)
  expect(it.approvals.waiting).toBe(0)
  expect([...metrics.approvals].map(({ labels }) => labels.outcome)).toEqual(['requested', 'denied'])
})

test('a request that is withdrawn or expires is counted as that, and its statement waits no more', async () => {
  const metrics = new GatewayMetrics()
  await using it = await approvalStage({ metrics })
  const client = await connected(it.relay.port)
  await expect(client.query('select 1 -- hold 50')).rejects.toMatchObject({ code: '57014' })
  const waiting = client.query('select 1 -- hold').catch(() => undefined)
  await it.open()
  await client.end()
  await waiting
  await it.relay.registry.idle()
  const outcomes = () => [...metrics.approvals].map(({ labels }) => labels.outcome)
  await expect.poll(outcomes, { timeout: 60_000 }).toContain('withdrawn')
  expect([...metrics.approvals].map(({ labels, value }) => [labels.outcome, value])).toEqual([
    ['requested', 2],
    ['expired', 1],
    ['withdrawn', 1],
  ])
  expect(count(metrics.waited.approval)).toBe(2)
})
