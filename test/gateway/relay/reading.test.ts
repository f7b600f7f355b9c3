import { once } from 'node:events'
import { type AddressInfo, connect, createServer, Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { hear } from '../../../src/gateway/relay/reading.js'

const pair = async () => {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [far] = (await once(server, 'connection')) as [Socket]
  return {
    near,
    far,
    [Symbol.dispose]: () => {
      near.destroy()
      far.destroy()
      server.close()
    },
  }
}

test('bytes come in order and once, also where the socket is paused between them and has kept some', async () => {
  using sockets = await pair()
  const { near, far } = sockets
  const sent = Buffer.from(Array.from({ length: 400_000 }, (_, i) => i % 251))
  const heard: Buffer[] = []
  let chunks = 0
  hear(far, (chunk) => {
    heard.push(chunk)
    if (chunks++ % 2 === 1) return
    far.pause()
    setImmediate(() => setImmediate(() => far.resume()))
  })
  const ended = once(far, 'end')
  far.resume()
  for (let at = 0; at < sent.length; at += 50_000) near.write(sent.subarray(at, at + 50_000))
  near.end()
  await ended
  expect(chunks).toBeGreaterThan(3)
  expect(Buffer.concat(heard).equals(sent)).toBe(true)
})

test('a socket that stays paused takes no more than its buffer holds', async () => {
  using sockets = await pair()
  const { near, far } = sockets
  let heard = 0
  hear(far, (chunk) => {
    heard += chunk.length
    far.pause()
  })
  far.resume()
  while (near.write(Buffer.alloc(65_536)));
  near.on('drain', () => {
    while (near.write(Buffer.alloc(65_536)));
  })
  while (far.readableLength < far.readableHighWaterMark) await turn()
  expect(far.readableLength).toBeLessThan(4 * 65_536)
  expect(heard).toBeLessThanOrEqual(65_536)
})

test('what a socket has kept comes before what is pushed after it goes on', async () => {
  const socket = new Socket()
  const heard: string[] = []
  hear(socket, (chunk) => heard.push(String(chunk)))
  socket.pause()
  socket.push(Buffer.from('kept '))
  socket.resume()
  socket.push(Buffer.from('new'))
  await turn()
  expect(heard.join('')).toBe('kept new')
})

test('any other stream is heard by its events', async () => {
  const stream = new PassThrough()
  const heard: string[] = []
  hear(stream, (chunk) => heard.push(String(chunk)))
  stream.write('one ')
  stream.end('two')
  await once(stream, 'end')
  expect(heard.join('')).toBe('one two')
})
