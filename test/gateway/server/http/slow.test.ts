import { once } from 'node:events'
import { connect as connectPlain, type Socket } from 'node:net'
import { connect } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from './world.js'

/** Clients that send slowly, or nothing, or take nothing, as each comes at no cost to them. */
let world: World
beforeAll(async () => {
  const short = '400ms'
  world = await startWorld({
    http: { handshake: short, headers: short, request: '800ms', idle: short, body_size: '4kB' },
  })
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

const plain = async (): Promise<Socket> => {
  const socket = connectPlain(world.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => undefined) // being reset is one way to be dropped
  return socket
}

const dial = async (): Promise<Socket> => {
  const socket = connect({ host: '127.0.0.1', servername: 'localhost', port: world.port, ca: world.ca })
  await once(socket, 'secureConnect')
  return socket
}

/** Everything until the gateway closes, however it does. */
const rest = async (socket: Socket): Promise<string> => {
  let text = ''
  socket.on('data', (part: Buffer) => (text += part.toString()))
  socket.on('error', () => undefined)
  if (!socket.closed) await once(socket, 'close')
  return text
}

/** Sends a byte every now and then for as long as somebody listens. */
const drip = (socket: Socket, bytes: Iterable<Buffer> = repeat(Buffer.from('x'))): void => {
  const each = bytes[Symbol.iterator]()
  const timer = setInterval(() => {
    const { value } = each.next() as { value?: Buffer }
    if (value && socket.writable) socket.write(value)
  }, 50)
  socket.once('close', () => clearInterval(timer))
}

function* repeat(byte: Buffer): Generator<Buffer> {
  for (;;) yield byte
}

const statusAndCode = (answer: string) => [answer.slice(9, 12), /"code":"(\w+)"/.exec(answer)?.[1]]
const tooSlow = ['408', 'REQUEST_TIMEOUT']

test('who connects and says nothing is dropped', async () => {
  expect(await rest(await plain())).toBe('')
})

test('a TLS handshake that comes a byte at a time is given up', async () => {
  const socket = await plain()
  // A ClientHello record that promises 512 bytes.
  const hello = Buffer.concat([Buffer.from('1603010200010001fc0303', 'hex'), Buffer.alloc(505)])
  drip(
    socket,
    [...hello].map((byte) => Buffer.from([byte])),
  )
  expect(await rest(socket)).not.toContain('HTTP')
})

test('who shakes hands and says nothing is told so, and dropped', async () => {
  expect(statusAndCode(await rest(await dial()))).toEqual(tooSlow)
})

test('headers that come a byte at a time are given up', async () => {
  const socket = await dial()
  socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ')
  drip(socket)
  expect(statusAndCode(await rest(socket))).toEqual(tooSlow)
})

const grantRequest = async (headers: string): Promise<string> => {
  const token = await world.idp.sign({ sub: 'ana', groups: ['ml-eng'] })
  const dpop = await world.prover.prove({ method: 'POST', url: `${world.url}/v1/grants`, token })
  return (
    `POST /v1/grants HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n` +
    `authorization: DPoP ${token}\r\ndpop: ${dpop}\r\n${headers}\r\n\r\n`
  )
}

test('a body that comes a byte at a time is given up, though its sender is logged in', async () => {
  const socket = await dial()
  socket.write(await grantRequest('content-length: 1000'))
  drip(socket)
  expect(statusAndCode(await rest(socket))).toEqual(tooSlow)
})

test('a body without a length is refused where it becomes too large', async () => {
  const socket = await dial()
  socket.write(await grantRequest('transfer-encoding: chunked\r\nconnection: close'))
  for (let sent = 0; sent < 5; sent++) socket.write(`400\r\n${' '.repeat(1024)}\r\n`)
  expect(statusAndCode(await rest(socket))).toEqual(['413', 'REQUEST_TOO_LARGE'])
})

test('a connection that waits for its next request for too long is closed', async () => {
  const socket = await dial()
  socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n')
  expect(await rest(socket)).toMatch(/^HTTP\/1.1 200 [^]*"live":true}$/)
})

test('who asks and takes no answers is dropped', async () => {
  const open = () => new Promise<number>((resolve) => world.app.server.getConnections((_, count) => resolve(count)))
  const socket = await dial()
  socket.on('error', () => undefined)
  socket.pause()
  socket.write('GET /v1/openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(2000))
  await expect.poll(open).toBe(1)
  await expect.poll(open, { timeout: 20_000 }).toBe(0)
  socket.destroy()
})

test('who is quick notices nothing of it', async () => {
  expect((await world.ask('ana', '/v1/grants', { method: 'POST', body: { connection: 'vectordb' } })).status).toBe(201)
})
