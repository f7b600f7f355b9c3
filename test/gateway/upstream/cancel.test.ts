import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { UpstreamTarget } from '../../../src/gateway/upstream/target.js'
import { cancelUpstream } from '../../../src/gateway/upstream/cancel.js'

const targetOn = (port: number): UpstreamTarget => ({
  ...{ host: '127.0.0.1', port, user: 'x', sslmode: 'disable', connectTimeout: 200 },
  password: () => undefined,
})

test('of many cancels for one server a few are on their way at once, and all arrive', async () => {
  let [open, most] = [0, 0]
  const keys = new Set<number>()
  const server = createServer((socket) => {
    most = Math.max(most, ++open)
    socket.on('close', () => open--)
    socket.once('data', (packet) => {
      keys.add(packet.readUInt32BE(8))
      void sleep(5).then(() => socket.destroy())
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const target = targetOn((server.address() as AddressInfo).port)
  const pids = Array.from({ length: 60 }, (_, i) => i + 1)
  await Promise.all(pids.map((pid) => cancelUpstream(target, { pid, secret: Buffer.alloc(4) })))
  server.close()
  expect(keys.size).toBe(60)
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThanOrEqual(8)
})

test('a server that is silent holds up the cancels for it alone', async () => {
  const [silent, other] = [createServer(), createServer((socket) => socket.once('data', () => socket.destroy()))]
  for (const server of [silent, other]) await once(server.listen(0, '127.0.0.1'), 'listening')
  const [first, second] = [silent, other].map((server) => targetOn((server.address() as AddressInfo).port))
  const key = { pid: 1, secret: Buffer.alloc(4) }
  const stuck = Promise.all(Array.from({ length: 20 }, () => cancelUpstream(first!, key)))
  const began = performance.now()
  await cancelUpstream(second!, key)
  expect(performance.now() - began).toBeLessThan(200)
  await stuck
  for (const server of [silent, other]) server.close()
})
