import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Trouble } from '../../../src/gateway/quarantine/trouble.js'
import { ConnectionWatch, type Looked, type Terms } from '../../../src/gateway/quarantine/watch.js'
import type { UpstreamTarget } from '../../../src/gateway/upstream/target.js'
import { HoopError } from '../../../src/lib/errors.js'

const target = { host: 'db' } as UpstreamTarget
const down: Trouble = { database: 'app', error: new HoopError('UPSTREAM_UNREACHABLE') }
const shut = (...troubles: readonly Trouble[]): Looked => ({
  ...{ target, troubles, ages: false, isCurrent: () => true },
  again: () => Promise.reject(new Error('nothing was read anew')),
})
const free = shut()
const ask = { key: 'one', database: 'app', policy: 'open' }
const { signal } = new AbortController()

/** Terms whose tries end when the test says so. */
const scripted = (key = 'one') => {
  const tries: { readonly end: (looked: Looked) => void; readonly signal: AbortSignal }[] = []
  const look = (_last: Looked | undefined, stop: AbortSignal): Promise<Looked> =>
    new Promise((end) => void tries.push({ end, signal: stop }))
  const terms: Terms = { key, look }
  return { terms, tries }
}

const said: (readonly Trouble[])[] = []
const say = (troubles: readonly Trouble[]): void => void said.push(troubles)

beforeEach(() => {
  said.length = 0
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Everything that is due has happened. */
const settle = () => vi.advanceTimersByTimeAsync(0)

test('whoever comes while a try is under way waits for that one', async () => {
  const { terms, tries } = scripted()
  using watch = new ConnectionWatch(terms, say)
  const asked = Array.from({ length: 100 }, () => watch.enter(ask, signal))
  await settle()
  expect(tries).toHaveLength(1)
  tries[0]?.end(free)
  expect(new Set(await Promise.all(asked))).toEqual(new Set([target]))
  expect(tries).toHaveLength(1)
  expect(said).toEqual([])
})

test('tries are further and further apart, up to half a minute, and what they find is said once', async () => {
  const { terms, tries } = scripted()
  using _ = new ConnectionWatch(terms, say)
  const pauses: number[] = []
  for (let n = 0; n < 8; n++) {
    tries.at(-1)?.end(shut(down))
    await settle()
    const before = tries.length
    let waited = 0
    for (; tries.length === before; waited += 500) await vi.advanceTimersByTimeAsync(500)
    pauses.push(waited)
  }
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  expect(said).toEqual([[down]])
  tries.at(-1)?.end(free)
  await settle()
  expect(said).toEqual([[down], []])
})

test('a session that asks ends the pause, and is let in as soon as a try succeeds', async () => {
  const { terms, tries } = scripted()
  using watch = new ConnectionWatch(terms, say)
  tries[0]?.end(shut(down))
  await settle()
  const asked = watch.enter(ask, signal)
  await settle()
  expect(tries).toHaveLength(2)
  tries[1]?.end(free)
  expect(await asked).toBe(target)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(tries).toHaveLength(2)
})

test('trouble of one policy or database is in nobody else’s way', async () => {
  const { terms, tries } = scripted()
  using watch = new ConnectionWatch(terms, say)
  const error = new HoopError('POLICY_UNAPPLIED')
  tries[0]?.end(shut({ database: 'app', policy: 'masked', error }, { database: 'old', error }))
  await settle()
  expect(await watch.enter(ask, signal)).toBe(target)
  for (const refused of [
    { ...ask, policy: 'masked' },
    { ...ask, database: 'old' },
  ]) {
    const asked = watch.enter(refused, signal)
    asked.catch(() => undefined)
    await settle()
    tries.at(-1)?.end(shut({ database: 'app', policy: 'masked', error }, { database: 'old', error }))
    await expect(asked).rejects.toBe(error)
  }
})

test('who waits while the terms change is not let in under the former ones', async () => {
  const former = scripted()
  using watch = new ConnectionWatch(former.terms, say)
  const asked = watch.enter(ask, signal)
  asked.catch(() => undefined)
  const stricter = scripted('two')
  watch.adopt(stricter.terms)
  expect(former.tries[0]?.signal.aborted).toBe(true)
  former.tries[0]?.end(free)
  await settle()
  stricter.tries[0]?.end(free)
  await expect(asked).rejects.toMatchObject({ code: 'CONNECTION_UNAVAILABLE', about: 'the configuration has changed' })
  expect(await watch.enter({ ...ask, key: 'two' }, signal)).toBe(target)
})

test('the same terms, read again, keep nobody out who waits', async () => {
  const former = scripted()
  using watch = new ConnectionWatch(former.terms, say)
  const asked = watch.enter(ask, signal)
  const again = scripted()
  watch.adopt(again.terms)
  former.tries[0]?.end(shut(down))
  await settle()
  again.tries[0]?.end(free)
  expect(await asked).toBe(target)
  expect(said).toEqual([])
})

test('what a session meets is looked at before the next is let in; what is its own affair is not', async () => {
  const { terms, tries } = scripted()
  using watch = new ConnectionWatch(terms, say)
  tries[0]?.end(free)
  await settle()
  watch.met(new HoopError('OPTION_REFUSED'))
  watch.met(new Error('the server’s own words'))
  expect(await watch.enter(ask, signal)).toBe(target)
  expect(tries).toHaveLength(1)
  watch.met(down.error)
  const asked = watch.enter(ask, signal)
  asked.catch(() => undefined)
  await settle()
  expect(tries).toHaveLength(2)
  tries[1]?.end(shut(down))
  await expect(asked).rejects.toBe(down.error)
})

test('a catalog that was read anew is judged before the next session is let in, without another try', async () => {
  const { terms, tries } = scripted()
  using watch = new ConnectionWatch(terms, say)
  let judged = 0
  const again = async (): Promise<Looked> => {
    judged++
    return shut({ ...down, policy: 'open' })
  }
  tries[0]?.end({ ...free, isCurrent: () => false, again })
  await settle()
  const asked = [watch.enter(ask, signal), watch.enter(ask, signal)]
  for (const one of asked) await expect(one).rejects.toBe(down.error)
  expect([judged, tries.length]).toEqual([1, 1])
})

test('a catalog that others may change is looked at again once it is old, and nobody waits for that', async () => {
  const { terms, tries } = scripted()
  using watch = new ConnectionWatch(terms, say)
  tries[0]?.end({ ...free, ages: true })
  await settle()
  expect(await watch.enter(ask, signal)).toBe(target)
  expect(tries).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(61_000)
  expect(tries).toHaveLength(1)
  expect(await watch.enter(ask, signal)).toBe(target)
  expect(tries).toHaveLength(2)
})

test('a session that is ended while it waits is told why, and the try goes on', async () => {
  const { terms, tries } = scripted()
  using watch = new ConnectionWatch(terms, say)
  const over = new AbortController()
  const asked = watch.enter(ask, over.signal)
  const reason = new HoopError('SESSION_KILLED')
  over.abort(reason)
  await expect(asked).rejects.toBe(reason)
  tries[0]?.end(free)
  expect(await watch.enter(ask, signal)).toBe(target)
})

test('a connection that is gone lets nobody in, and is tried no more', async () => {
  const { terms, tries } = scripted()
  const watch = new ConnectionWatch(terms, say)
  const asked = watch.enter(ask, signal)
  asked.catch(() => undefined)
  watch[Symbol.dispose]()
  tries[0]?.end(shut(down))
  await expect(asked).rejects.toMatchObject({ code: 'CONNECTION_UNAVAILABLE' })
  await vi.advanceTimersByTimeAsync(120_000)
  expect(tries).toHaveLength(1)
  expect(said).toEqual([])
})
