import { expect, test, vi } from 'vitest'
import { Canceling } from '../../../src/gateway/relay/canceling.js'

/** A server that drops so many cancels before it heeds one. */
const serverThatDrops = (dropped: number) => {
  const server = { toCancel: true, sent: 0, cancelling: () => undefined }
  const cancel = async (): Promise<void> => {
    if (server.sent++ === dropped) server.toCancel = false
  }
  return { server, cancel }
}

test('a cancel that the server drops is repeated until it is heeded, and not once more', async () => {
  const { server, cancel } = serverThatDrops(3)
  const canceling = new Canceling(server, cancel)
  await canceling.begin(() => undefined, 1)
  expect(server.sent).toBe(1)
  await vi.waitUntil(() => !server.toCancel)
  await canceling.begin(() => undefined, 1)
  expect(server.sent).toBe(4)
})

test('what comes while a signal is on its way waits for it, and goes on between two of them', async () => {
  const signal = Promise.withResolvers<void>()
  const { server } = serverThatDrops(0)
  const canceling = new Canceling(server, () => signal.promise)
  const done: string[] = []
  const begun = canceling.begin(() => void done.push('resumed'))
  expect(canceling.defer(() => void done.push('first'))).toBe(true)
  expect(canceling.defer(() => void done.push('second'))).toBe(true)
  expect(done).toEqual([])
  signal.resolve()
  await begun
  expect(done).toEqual(['first', 'second', 'resumed'])
  expect(canceling.defer(() => undefined)).toBe(false)
  canceling.stop()
})

test('another cancel does not wait for the next attempt at the one before', async () => {
  vi.useFakeTimers()
  try {
    const { server, cancel } = serverThatDrops(10)
    const canceling = new Canceling(server, cancel)
    await canceling.begin(() => undefined)
    await canceling.begin(() => undefined)
    expect(server.sent).toBe(2)
    canceling.stop()
    await vi.runAllTimersAsync()
    expect(server.sent).toBe(2)
  } finally {
    vi.useRealTimers()
  }
})
