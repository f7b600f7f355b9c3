import { once } from 'node:events'
import { connect as http2 } from 'node:http2'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { expect, test, vi } from 'vitest'
import { Link } from '../../../src/gateway/link/link.js'
import type { Grant } from '../../../src/identity/types.js'
import { linkPath, linkProtocol } from '../../../src/lib/link/names.js'

test('a link that is cut off while it opens gives its room back', async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = connect(port, '127.0.0.1')
  const [socket] = (await once(server, 'connection')) as [Socket]
  const grant = { principal: { jkt: 'key' } } as Grant
  const rooms = { taken: 0, back: 0 }
  // What TLS adds doesn't matter here.
  new Link(socket as TLSSocket, {
    ...{ patience: 60_000, silence: 60_000, headerSize: 16_384, address: () => undefined },
    open: async () => {
      rooms.taken++
      client.destroy()
      await once(socket, 'close')
      return { grant, room: { [Symbol.dispose]: () => void rooms.back++ } }
    },
    arrived: () => undefined,
    answered: () => undefined,
    closed: () => undefined,
  })
  const session = http2(`http://127.0.0.1:${port}`, { createConnection: () => client })
  session.on('error', () => undefined)
  await once(session, 'remoteSettings')
  const stream = session.request(
    {
      ':method': 'CONNECT',
      ':protocol': linkProtocol,
      ':scheme': 'https',
      ':path': linkPath,
      ':authority': 'localhost',
    },
    { endStream: false },
  )
  stream.on('error', () => undefined)
  await vi.waitUntil(() => rooms.back > 0, { timeout: 30_000 })
  expect(rooms).toEqual({ taken: 1, back: 1 })
  server.close()
})
