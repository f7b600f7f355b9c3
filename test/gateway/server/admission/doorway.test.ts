import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { Doorway, type DoorwayOptions } from '../../../../src/gateway/server/admission/doorway.js'

const refused: string[] = []
const servers: Server[] = []
afterEach(() => {
  refused.length = 0
  for (const server of servers.splice(0)) server.close()
})

/** A server that greets everybody whom the doorway lets in. */
const behind = async (options: Partial<DoorwayOptions>) => {
  const doorway = new Doorway({
    limits: { connections: 3, connections_per_address: 2 },
    isProxy: () => false,
    refused: (address, because) => refused.push(`${address} ${because}`),
    ...options,
  })
  const inside: Socket[] = []
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    inside.push(socket)
    socket.write('welcome')
  })
  servers.push(server)
  doorway.guard(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  /** @returns whether it was greeted */
  const enter = async (localAddress = '127.0.0.1'): Promise<[boolean, Socket]> => {
    const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', localAddress })
    socket.on('error', () => undefined)
    const greeted = await Promise.race([once(socket, 'data').then(() => true), once(socket, 'close').then(() => false)])
    return [greeted, socket]
  }
  return { doorway, enter, inside }
}

test('one address has so many connections, and a place is free again when one closes', async () => {
  const { doorway, enter } = await behind({})
  const [[, one], [, two], [third]] = [await enter(), await enter(), await enter()]
  expect(third).toBe(false)
  expect(refused).toEqual(['127.0.0.1 connections_per_address'])
  one.destroy()
  await expect.poll(() => doorway.size).toBe(1)
  const [again, three] = await enter()
  expect(again).toBe(true)
  for (const socket of [two, three]) socket.destroy()
  await expect.poll(() => doorway.size).toBe(0)
})

test('all addresses together have so many', async () => {
  const { enter } = await behind({})
  const entered = [await enter(), await enter(), await enter('127.0.0.2'), await enter('127.0.0.3')]
  expect(entered.map(([greeted]) => greeted)).toEqual([true, true, true, false])
  expect(refused).toEqual(['127.0.0.3 connections'])
  for (const [, socket] of entered) socket.destroy()
})

test('what has become a session makes room', async () => {
  const { doorway, enter, inside } = await behind({})
  const [[, one], [, two]] = [await enter(), await enter()]
  doorway.passed(inside[0]!)
  doorway.passed(inside[0]!)
  const [third, three] = await enter()
  expect([third, doorway.size]).toEqual([true, 2])
  const [fourth] = await enter()
  expect(fourth).toBe(false)
  // A session that ends gives no second place back.
  one.destroy()
  await once(inside[0]!, 'close')
  expect(doorway.size).toBe(2)
  for (const socket of [two, three]) socket.destroy()
})

test('a trusted proxy is many people', async () => {
  const { enter } = await behind({ isProxy: (address) => address === '127.0.0.1' })
  const entered = [await enter(), await enter(), await enter(), await enter()]
  expect(entered.map(([greeted]) => greeted)).toEqual([true, true, true, false])
  expect(refused).toEqual(['127.0.0.1 connections'])
  for (const [, socket] of entered) socket.destroy()
})
