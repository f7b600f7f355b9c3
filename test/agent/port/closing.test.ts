import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, inject, onTestFinished, test } from 'vitest'
import type { OpenStream } from '../../../src/agent/port/accept.js'
import { Listener } from '../../../src/agent/port/listener.js'
import { Boundary } from '../../../src/agent/link/boundary.js'
import { startupMessage } from '../../../src/wire/startup.js'
import { errorsIn, type Message, send, WireClient } from '../../gateway/relay/wire-client.js'

/** A stream that leads straight to PostgreSQL. */
const straight: OpenStream = async (first) => {
  const { hostname, port } = new URL(inject('databaseUrl'))
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(first)
  return socket
}

const events = { opened: () => undefined, closed: () => undefined }
const listen = (open: OpenStream): Promise<Listener> =>
  Listener.open(
    { kind: 'tcp', host: '127.0.0.1', port: 0 },
    { kind: 'folder' },
    open,
    events,
    new AbortController().signal,
  )

const client = async (listener: Listener): Promise<WireClient> => {
  const own = await WireClient.open(listener.address.port)
  onTestFinished(() => void own.socket.destroy())
  return own
}

const login = async (listener: Listener): Promise<WireClient> => {
  const own = await client(listener)
  own.socket.write(
    startupMessage([
      ['user', 'login_trust'],
      ['database', 'postgres'],
    ]),
  )
  await own.until(1)
  return own
}

/** All that comes until the other side closes. */
const rest = (own: WireClient): Promise<Message[]> => own.until(Infinity)

const farewell = {
  S: 'FATAL',
  C: '57P01',
  M: 'hoop: hoop connect has ended',
  H: 'Run hoop connect again.',
  R: 'hoop/PORT_CLOSED',
}

test('clients are told that the port has closed: idle, waiting, in a COPY, in a transaction, about to log in', async () => {
  const listener = await listen(straight)
  const [idle, waiting, copying, open] = [
    await login(listener),
    await login(listener),
    await login(listener),
    await login(listener),
  ]
  waiting.write(send.query('SELECT pg_sleep(20), 1'))
  copying.write(send.query('CREATE TEMP TABLE t (n int); COPY t FROM STDIN'))
  await copying.untilType('G')
  await open.ask(send.query('BEGIN'))
  const new_ = await client(listener)
  await listener[Symbol.asyncDispose]()
  for (const each of [idle, waiting, copying, open, new_]) expect(errorsIn(await rest(each))).toMatchObject([farewell])
})

test('nothing is said in the middle of a message', async () => {
  let upstream: Socket | undefined
  const server = createServer((socket) => {
    upstream = socket.on('error', () => undefined)
    socket.once('data', () => socket.write(Buffer.from('5400000020', 'hex')))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as { port: number }
  const listener = await listen(async (first) => {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true }).on('error', () => undefined)
    await once(socket, 'connect')
    socket.write(first)
    return socket
  })
  const socket = connect({ host: '127.0.0.1', port: listener.address.port })
  const received: Buffer[] = []
  socket.on('data', (chunk: Buffer) => received.push(chunk))
  socket.write(startupMessage([['user', 'x']]))
  await once(socket, 'data')
  const closed = once(socket, 'close')
  await listener[Symbol.asyncDispose]()
  await closed
  expect(Buffer.concat(received).toString('hex')).toBe('5400000020')
  upstream?.destroy()
})

test('a client that doesn’t read keeps nobody waiting', async () => {
  const listener = await listen(straight)
  const own = await login(listener)
  own.socket.pause()
  own.write(send.query('SELECT repeat($$x$$, 1000) FROM generate_series(1, 100000)'))
  await once(own.socket, 'readable')
  await listener[Symbol.asyncDispose]()
  expect(listener.address.port).toBeGreaterThan(0)
})

const message = (type: string, length: number): Buffer => {
  const buffer = Buffer.alloc(length + 1, 0)
  buffer.write(type)
  buffer.writeUInt32BE(length, 1)
  return buffer
}
const ready = Buffer.from('5a0000000549', 'hex')

test.for([
  ['nothing yet', [], true],
  ['whole messages', [message('T', 30), message('D', 40)], true],
  ['half a message', [message('T', 30).subarray(0, 20)], false],
  ['the other half of it', [message('T', 30).subarray(0, 20), message('T', 30).subarray(20)], false],
  ['rows that nobody has looked at', [message('D', 20_000)], false],
  ['ReadyForQuery behind them', [message('D', 20_000), Buffer.concat([message('C', 10), ready])], true],
  ['half a message behind that', [Buffer.concat([ready, message('N', 30).subarray(0, 3)])], false],
] as const)('whether a message has ended is known after %s', ([, chunks, reached]) => {
  const boundary = new Boundary()
  for (const chunk of chunks) boundary.take(chunk)
  expect(boundary.reached).toBe(reached)
})
