import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import pino from 'pino'
import { expect, test } from 'vitest'
import type { Exposition } from '../../../src/gateway/metrics/exposition.js'
import { listenForMetrics, type MetricsListener } from '../../../src/gateway/metrics/listener.js'
import { httpLimits } from '../../../src/policy/config/sections/http-limits.js'

const silent = pino({ level: 'silent' })

const listening = (over: Partial<Exposition> = {}, port = 0): Promise<MetricsListener> =>
  listenForMetrics({
    address: { host: '127.0.0.1', port },
    limits: httpLimits.parse({ headers: '300ms', request: '500ms', idle: '300ms' }),
    exposition: { contentType: 'text/plain', text: async () => 'hoop_rows_total 1\n', ...over },
    log: silent,
  })

const urlOf = ({ address: { host, port } }: MetricsListener, path = '/metrics') => `http://${host}:${port}${path}`

const ask = async (at: MetricsListener, path: string, options: RequestInit = {}) => {
  const answer = await fetch(urlOf(at, path), { headers: { connection: 'close' }, ...options })
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
}

/** Everything until the listener closes. */
const rest = async (socket: Socket): Promise<string> => {
  let text = ''
  socket.on('data', (part: Buffer) => (text += part.toString()))
  socket.on('error', () => undefined)
  if (!socket.closed) await once(socket, 'close')
  return text
}

const dial = ({ address: { host, port } }: MetricsListener): Socket => connect(port, host)

test('the metrics are read by GET, and nothing else is there', async () => {
  await using at = await listening()
  expect(await ask(at, '/metrics')).toEqual({ status: 200, type: 'text/plain', text: 'hoop_rows_total 1\n' })
  expect(await ask(at, '/metrics?name[]=x')).toMatchObject({ status: 200 })
  expect(await ask(at, '/metrics', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' })
  for (const path of ['/', '/v1/gateway', '/metrics/', '/v1/tunnel'])
    expect(await ask(at, path)).toMatchObject({ status: 404, text: expect.stringContaining('NOT_FOUND') as string })
  expect(await ask(at, '/metrics', { method: 'DELETE' })).toMatchObject({
    status: 400,
    text: expect.stringContaining('REQUEST_INVALID') as string,
  })
})

test('a request with a body is refused before the body is read', async () => {
  await using at = await listening()
  const socket = dial(at)
  socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nx')
  const answer = await rest(socket)
  expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  expect(answer).toContain('REQUEST_TOO_LARGE')
})

test.for([
  ['nothing', '', /^$|408/],
  ['half a request', 'GET /metrics HTTP/1.1\r\nHost', /^$|408/],
  ['headers that are too large', `GET /metrics HTTP/1.1\r\nX: ${'x'.repeat(9000)}\r\n\r\n`, /431.*REQUEST_TOO_LARGE/s],
  ['no HTTP at all', '\x16\x03\x01\x02\x00', /400.*REQUEST_INVALID/s],
] as const)('who sends %s is answered or dropped', async ([, sent, expected]) => {
  await using at = await listening()
  const socket = dial(at)
  socket.write(sent)
  expect(await rest(socket)).toMatch(expected)
})

test('who doesn’t take the answer is dropped', async () => {
  await using at = await listening({ text: async () => 'x'.repeat(64 << 20) })
  const socket = dial(at)
  socket.on('error', () => undefined)
  socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n')
  socket.pause()
  // The listener's timers are of the same event loop: in so many turns of it they have had theirs.
  for (let turn = 0; turn < 60; turn++) await new Promise((later) => setTimeout(later, 50))
  let bytes = 0
  socket.on('data', (part: Buffer) => (bytes += part.length)).resume()
  await once(socket, 'close')
  expect(bytes).toBeLessThan(64 << 20)
})

test('there are twenty connections at most', async () => {
  await using at = await listening()
  const sockets = Array.from({ length: 20 }, () => dial(at))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  // The server takes connections in their order: these are all in before it looks at the next.
  expect(await rest(dial(at))).toBe('')
  for (const socket of sockets) socket.destroy()
})

test('who asks while the metrics are being read gets that reading', async () => {
  let readings = 0
  const { promise, resolve } = Promise.withResolvers<string>()
  await using at = await listening({ text: () => (readings++, promise) })
  const asked = Promise.all([ask(at, '/metrics'), ask(at, '/metrics'), ask(at, '/metrics')])
  await expect.poll(() => readings, { timeout: 60_000 }).toBe(1)
  await new Promise((later) => setTimeout(later, 100))
  resolve('hoop_rows_total 2\n')
  expect((await asked).map(({ text }) => text)).toEqual(Array(3).fill('hoop_rows_total 2\n'))
  expect(readings).toBe(1)
})

test('a defect in reading them is an answer without its words', async () => {
  await using at = await listening({ text: () => Promise.reject(new Error('secret reason')) })
  const { status, text } = await ask(at, '/metrics')
  expect({ status, code: (JSON.parse(text) as { code: string }).code }).toEqual({ status: 500, code: 'INTERNAL' })
  expect(text).not.toContain('secret')
})

test('a port that is in use is said with the setting to change', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await expect(listening({}, port)).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    hint: expect.stringContaining('gateway.metrics.listen') as string,
  })
  other.close()
})
