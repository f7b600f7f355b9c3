import { once } from 'node:events'
import { connect as connectPlain } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

const dial = async (alpn = ['http/1.1']): Promise<TLSSocket> => {
  const socket = connect({
    host: '127.0.0.1',
    servername: 'localhost',
    port: world.port,
    ca: world.ca,
    ALPNProtocols: alpn,
  })
  await once(socket, 'secureConnect')
  return socket
}

/** Everything until the gateway closes. */
const rest = async (socket: NodeJS.ReadableStream): Promise<string> => {
  let text = ''
  for await (const part of socket) text += String(part)
  return text
}

const statusAndCode = (answer: string) => [answer.slice(9, 12), /"code":"(\w+)"/.exec(answer)?.[1]]

test('what is no HTTP is answered as such, and the connection closed', async () => {
  const socket = await dial()
  socket.write('\0\0\0\x08\x04\xd2\x16\x2f what is this\r\n\r\n')
  expect(statusAndCode(await rest(socket))).toEqual(['400', 'REQUEST_INVALID'])
})

test('headers without end are refused', async () => {
  const socket = await dial()
  socket.on('error', () => {})
  socket.write(`GET /v1/me HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(40_000)}`)
  expect(statusAndCode(await rest(socket))).toEqual(['431', 'REQUEST_TOO_LARGE'])
})

test('a body that is too large is refused by its length, before it is read', async () => {
  const token = await world.idp.sign({ sub: 'ana' })
  const dpop = await world.prover.prove({ method: 'POST', url: `${world.url}/v1/grants`, token })
  const socket = await dial()
  socket.write(
    `POST /v1/grants HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: 1000000000\r\nauthorization: DPoP ${token}\r\ndpop: ${dpop}\r\n\r\n`,
  )
  expect(statusAndCode(await rest(socket))).toEqual(['413', 'REQUEST_TOO_LARGE'])
})

test('a body is not read from somebody who is not logged in', async () => {
  const socket = await dial()
  socket.write(
    `POST /v1/grants HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 50000\r\n\r\n{`,
  )
  expect(statusAndCode(await rest(socket))).toEqual(['401', 'NOT_LOGGED_IN'])
})

test('HTTP without TLS gets nothing, and the gateway goes on', async () => {
  const socket = connectPlain(world.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n')
  expect(await rest(socket).catch(() => '')).not.toMatch(/^HTTP\/1.1 2/)
  expect((await world.ask(undefined, '/healthz')).status).toBe(200)
})

test('HTTP/1.1 is what it speaks, since only that has Upgrade', async () => {
  const socket = await dial(['h2', 'http/1.1'])
  expect(socket.alpnProtocol).toBe('http/1.1')
  socket.destroy()
})

test('TLS older than 1.2 is refused', async () => {
  const socket = connect({
    host: '127.0.0.1',
    port: world.port,
    ca: world.ca,
    servername: 'localhost',
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1',
    ciphers: 'ALL@SECLEVEL=0',
  })
  await expect(once(socket, 'secureConnect')).rejects.toThrow()
})

test('a defect of ours says nothing but that it is one, and the log has the rest', async () => {
  const { view } = world.state
  world.state.view = new Proxy(view, {
    get: (target, key) => {
      if (key === 'connections') throw new Error('the password is hunter2')
      return Reflect.get(target, key) as unknown
    },
  })
  const answer = await world.ask('ana', '/v1/connections')
  world.state.view = view
  expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL' } })
  expect(answer.text).not.toMatch(/hunter2|access\.ts/)
  expect(world.logged.join('')).toContain('hunter2')
})
