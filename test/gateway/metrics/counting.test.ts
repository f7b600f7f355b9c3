import { expect, test, vi } from 'vitest'
import { ConnectionMetrics } from '../../../src/gateway/metrics/connection-metrics.js'
import { Distribution } from '../../../src/gateway/metrics/distribution.js'
import { watchEventLoop } from '../../../src/gateway/metrics/event-loop.js'
import { LabelledCounts } from '../../../src/gateway/metrics/labelled-counts.js'
import { Passage } from '../../../src/gateway/relay/passage.js'

test('a value is counted under the first bound that is not below it, and under none above the last', () => {
  const distribution = new Distribution([1, 2, 5])
  for (const value of [0.5, 1, 1.5, 5, 5.1, 1000]) distribution.observe(value)
  expect([...distribution.counts]).toEqual([2, 1, 1, 2])
  expect(distribution.sum).toBe(1013.1)
})

test('too many combinations of labels end in one', () => {
  const counts = new LabelledCounts<'code' | 'rule'>(2)
  for (const rule of ['a', 'b', 'a', 'c', 'd']) counts.add({ code: 'STATEMENT_BLOCKED', rule })
  expect([...counts]).toEqual([
    { labels: { code: 'STATEMENT_BLOCKED', rule: 'a' }, value: 2 },
    { labels: { code: 'STATEMENT_BLOCKED', rule: 'b' }, value: 1 },
    { labels: { code: 'other', rule: 'other' }, value: 2 },
  ])
})

test('an event loop that was held up for 90 ms was late for whoever came meanwhile', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let now = 1000
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  const late = new Distribution([0.005, 0.015, 0.035, 0.055, 0.075, 0.095])
  using _watch = watchEventLoop(late)
  now += 20
  vi.advanceTimersByTime(20)
  expect([...late.counts]).toEqual([1, 0, 0, 0, 0, 0, 0])
  now += 20 + 90
  vi.advanceTimersByTime(20)
  // 90, 70, 50, 30 and 10 ms.
  expect([...late.counts]).toEqual([1, 1, 1, 1, 1, 1, 0])
})

/** Passages at times that the test says, in milliseconds. */
const passage = () => {
  const metrics = new ConnectionMetrics()
  const clock = vi.spyOn(performance, 'now')
  const at = (ms: number): number => {
    clock.mockReturnValue(ms)
    return ms
  }
  return { metrics, at, passage: new Passage(metrics) }
}
const seen = ({ sum, counts }: Distribution) => [Math.round(sum * 1e6) / 1e3, counts.reduce((all, one) => all + one)]

test('what is read in several chunks and written at once is counted once, from the first', () => {
  const { metrics, at, passage: relay } = passage()
  relay.clientSent(10, at(100))
  relay.clientSent(5, at(101))
  at(103)
  relay.toServer(true, false)
  relay.toServer(true, false)
  expect(seen(metrics.toServer)).toEqual([3, 1])
  relay.serverSent(100, at(200))
  at(200.5)
  relay.toClient(true)
  expect(seen(metrics.toClient)).toEqual([0.5, 1])
  expect(metrics.received).toEqual({ client: 15, server: 100 })
})

test('half a message leads to nothing: the time until its other half is the client’s', () => {
  const { metrics, at, passage: relay } = passage()
  relay.clientSent(10, at(100))
  relay.toServer(false, false)
  relay.clientSent(10, at(5000))
  at(5001)
  relay.toServer(true, false)
  expect(seen(metrics.toServer)).toEqual([1, 1])
})

test('what waits for the catalog is counted with its wait, and what waits for a person without', () => {
  const { metrics, at, passage: relay } = passage()
  relay.clientSent(10, at(100))
  relay.toServer(false, true)
  at(140)
  relay.toServer(true, false)
  expect(seen(metrics.toServer)).toEqual([40, 1])
  relay.clientSent(10, at(200))
  relay.asks()
  at(90_000)
  relay.toServer(true, false)
  expect(seen(metrics.toServer)).toEqual([40, 1])
})

test('a session is open from its start to its end, however it ends', () => {
  const metrics = new ConnectionMetrics()
  metrics.started = 5
  metrics.ended.closed++
  metrics.ended.killed++
  metrics.ended.lapsed++
  metrics.ended.failed++
  expect(metrics.open).toBe(1)
  metrics.ended.aborted++
  expect(metrics.open).toBe(0)
})
