import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, test } from 'vitest'
import { onUpgrade } from '../../../../src/gateway/server/start/upgrade.js'

test.for([
  ['to something else', 'GET /v1/elsewhere', 'hoop-pg/1', '404'],
  ['of another protocol', 'GET /v1/tunnel', 'websocket', '426'],
])('whoever asks for an upgrade %s and keeps their half open is dropped', async ([, line, protocol, status]) => {
  const server = createServer()
  server.on(
    'upgrade',
    onUpgrade(() => expect.unreachable()),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => undefined)
  socket.write(`${line} HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: ${protocol}\r\n\r\n`)
  expect(String(await once(socket, 'data'))).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  const open = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)))
  expect(await open()).toBe(1)
  await expect.poll(open, { timeout: 10_000 }).toBe(0)
  socket.destroy()
  server.close()
})
