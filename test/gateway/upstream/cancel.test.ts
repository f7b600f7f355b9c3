import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { UpstreamTarget } from '../../../src/gateway/upstream/target.js'
import { cancelUpstream } from '../../../src/gateway/upstream/cancel.js'

const targetOn = (port: number): UpstreamTarget => ({
  ...{ host: '127.0.0.1', port, user: 'x', sslmode: 'disable', connectTimeout: 2_000 },
  password: () => undefined,
})

test('of many cancels for one server a few are on their way at once, and all arrive', async () => {
  const keys = new Set<number>()
  const rounds: number[] = []
  const waiting: Socket[] = []
  // Nothing is answered until no further one comes: so many were on their way at once.
  const answer = async (): Promise<void> => {
    for (let before = -1; before !== waiting.length; await sleep(50)) before = waiting.length
    rounds.push(waiting.length)
    for (const socket of waiting.splice(0)) socket.destroy()
  }
  const server = createServer((socket) => {
    socket.once('data', (packet) => {
      keys.add(packet.readUInt32BE(8))
      if (waiting.push(socket) === 1) void answer()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const target = targetOn((server.address() as AddressInfo).port)
  const pids = Array.from({ length: 60 }, (_, i) => i + 1)
  await Promise.all(pids.map((pid) => cancelUpstream(target, { pid, secret: Buffer.alloc(4) })))
  server.close()
  expect(keys.size).toBe(60)
  expect(Math.max(...rounds)).toBeGreaterThan(1)
  // The client knows that one is done before the server has seen the next connection, so none is counted twice.
  expect(Math.max(...rounds)).toBeLessThanOrEqual(8)
})

test('a server that is silent holds up the cancels for it alone', async () => {
  const [silent, other] = [createServer(), createServer((socket) => socket.once('data', () => socket.destroy()))]
  for (const server of [silent, other]) await once(server.listen(0, '127.0.0.1'), 'listening')
  const [first, second] = [silent, other].map((server) => targetOn((server.address() as AddressInfo).port))
  const key = { pid: 1, secret: Buffer.alloc(4) }
  const order: string[] = []
  const stuck = Promise.all(Array.from({ length: 20 }, () => cancelUpstream(first!, key))).then(() =>
    order.push('stuck'),
  )
  await cancelUpstream(second!, key).then(() => order.push('other'))
  await stuck
  expect(order).toEqual(['other', 'stuck'])
  for (const server of [silent, other]) server.close()
})
