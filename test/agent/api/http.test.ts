import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { connections, type Method, send, textOf } from '../../../src/agent/api/reach/http.js'

const listening = async (server: Server): Promise<URL> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/thing?x=1`)
}

const client = (url: URL) => {
  const leaving = new AbortController()
  const agent = connections({ url }, leaving.signal)
  onTestFinished(() => agent.destroy())
  const ask = (method: Method, body?: string) =>
    send(agent, {
      method,
      url,
      headers: { accept: 'text/plain' },
      signal: leaving.signal,
      ...(body !== undefined && { body }),
    })
  return { ask, leaving, agent }
}

test('one connection serves requests one after the other, with path, query, host and body', async () => {
  const ports: (number | undefined)[] = []
  const server = createServer((asked, answer) => {
    ports.push(asked.socket.remotePort)
    void textOf(asked).then((body) => answer.end([asked.method, asked.url, asked.headers.host, body].join(' ')))
  })
  const url = await listening(server)
  const { ask } = client(url)
  expect(await textOf(await ask('GET'))).toBe(`GET /v1/thing?x=1 ${url.host} `)
  expect(await textOf(await ask('POST', 'öl'))).toBe(`POST /v1/thing?x=1 ${url.host} öl`)
  expect(await textOf(await ask('DELETE'))).toBe(`DELETE /v1/thing?x=1 ${url.host} `)
  expect(new Set(ports).size).toBe(1)
})

/** A server that ends a kept connection without a word as soon as the second request is there, and counts what it heard. */
const fickle = async () => {
  const heard: string[] = []
  const server = createTcpServer((socket: Socket) => {
    let requests = 0
    socket
      .on('error', () => undefined)
      .on('data', (bytes: Buffer) => {
        heard.push(bytes.toString('latin1').split(' ', 1)[0]!)
        if (++requests > 1) return void socket.resetAndDestroy()
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      })
  })
  return { heard, url: await listening(server) }
}

test('a kept connection that the server resets: what only reads is asked again, what does something is not', async () => {
  const { heard, url } = await fickle()
  const { ask } = client(url)
  expect(await textOf(await ask('GET'))).toBe('ok')
  expect(await textOf(await ask('GET'))).toBe('ok')
  await expect(ask('POST', 'x')).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(heard).toEqual(['GET', 'GET', 'GET', 'POST'])
})

test('a connection that the server has ended in peace is not used again', async () => {
  let connected = 0
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    connected++
    socket
      .on('error', () => undefined)
      .on('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        setImmediate(() => socket.end())
      })
    socket.on('end', () => socket.destroy())
  })
  const { ask, agent } = client(await listening(server))
  expect(await textOf(await ask('GET'))).toBe('ok')
  await expect.poll(() => Object.keys(agent.freeSockets)).toEqual([])
  expect(await textOf(await ask('POST', 'x'))).toBe('ok')
  expect(connected).toBe(2)
})

test('the signal ends a wait for headers and for a body', async () => {
  const server = createServer((asked, answer) => {
    if (asked.method === 'POST') answer.write('half')
  })
  const url = await listening(server)
  onTestFinished(() => server.closeAllConnections())
  const first = client(url)
  const silent = first.ask('GET')
  await sleep(10)
  first.leaving.abort(new Error('enough'))
  await expect(silent).rejects.toThrow()
  const second = client(url)
  const body = textOf(await second.ask('POST', ''))
  second.leaving.abort(new Error('enough'))
  await expect(body).rejects.toThrow()
})

test('nothing that listens there is said as it is', async () => {
  const server = createTcpServer()
  const url = await listening(server)
  server.close()
  await once(server, 'close')
  await expect(client(url).ask('GET')).rejects.toMatchObject({ code: 'GATEWAY_UNREACHABLE' })
})
