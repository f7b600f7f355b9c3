import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import type { LocalCheck, OpeningLimits, OpenStream } from '../../../src/agent/port/accept.js'
import { Listener, type LocalAddress } from '../../../src/agent/port/listener.js'
import { HoopError } from '../../../src/lib/errors.js'
import { sslRequest, startupMessage } from '../../../src/wire/startup.js'
import { freePort } from '../../helpers/postgres/postgres.js'
import { type TempFolder, tempFolder } from '../../helpers/temp.js'

const anyPort: LocalAddress = { kind: 'tcp', host: '127.0.0.1', port: 0 }
const ownUser: LocalCheck = { kind: 'user', uid: process.getuid?.() ?? -1 }
const anyone: LocalCheck = { kind: 'folder' }

/** A stream that leads straight to PostgreSQL. */
const straight: OpenStream = async (first) => {
  const { hostname, port } = new URL(inject('databaseUrl'))
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(first)
  return socket
}

let folder: TempFolder
const stop = new AbortController()
const told: unknown[] = []
const events = { opened: () => undefined, closed: (outcome: unknown) => void told.push(outcome) }
const listen = (
  address: LocalAddress = anyPort,
  check: LocalCheck = anyone,
  stream = straight,
  limits?: OpeningLimits,
): Promise<Listener> => Listener.open(address, check, stream, events, stop.signal, limits)

beforeEach(async () => {
  folder = await tempFolder()
  told.length = 0
})
afterEach(() => folder[Symbol.asyncDispose]())

const portOf = ({ address }: Listener): number => address.port

/** Sends bytes and returns all that comes until the other side closes. */
const exchange = async (port: number, ...chunks: Buffer[]): Promise<string> => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let text = ''
  socket.on('data', (data) => (text += data.toString('latin1'))).on('error', () => undefined)
  for (const chunk of chunks) socket.write(chunk)
  await once(socket, 'end')
  socket.destroy()
  return text
}

const query = async (port: number, host = '127.0.0.1', password?: string): Promise<unknown> => {
  const client = new Client({ host, port, user: 'login_trust', database: 'postgres', password: password ?? '' })
  await client.connect()
  try {
    return (await client.query('SELECT 1 + 1 AS two')).rows
  } finally {
    await client.end()
  }
}

test('a driver works through the port', async () => {
  await using listener = await listen(anyPort, process.platform === 'linux' ? ownUser : anyone)
  expect(await query(portOf(listener))).toEqual([{ two: 2 }])
})

test('eight megabytes come through whole in both directions', async () => {
  await using listener = await listen()
  const client = new Client({ host: '127.0.0.1', port: portOf(listener), user: 'login_trust', database: 'postgres' })
  await client.connect()
  const sent = 'hoop'.repeat(2 * 1024 * 1024)
  const { rows } = await client.query<{ back: string }>('SELECT $1::text AS back', [sent])
  expect(rows[0]?.back === sent).toBe(true)
  await client.end()
})

test('a request for TLS is answered with N', async () => {
  await using listener = await listen()
  const socket = connect(portOf(listener), '127.0.0.1')
  socket.write(sslRequest())
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString()).toBe('N')
  socket.destroy()
})

test.for([
  ['a TLS ClientHello', Buffer.from('16030102000100', 'hex')],
  ['an HTTP request', Buffer.from('GET /v1/grants HTTP/1.1\r\nHost: localhost\r\n\r\n')],
] as const)('%s is closed without a word', async ([, bytes]) => {
  await using listener = await listen()
  expect(await exchange(portOf(listener), bytes)).toBe('')
})

test.for([
  ['random bytes', Buffer.from('\x7f\x03random bytes'), '08P01'],
  ['an absurd length', Buffer.from('7fffffff00030000', 'hex'), '08P01'],
  ['20 kB of parameters', startupMessage([['options', 'x'.repeat(20_000)]]), '08P01'],
  ['bytes behind SSLRequest', Buffer.concat([sslRequest(), startupMessage([['user', 'x']])]), '08P01'],
  ['protocol 2.0', Buffer.from('000000090002000000', 'hex'), '0A000'],
] as const)('%s gets an ErrorResponse', async ([, bytes, state]) => {
  await using listener = await listen()
  const answer = await exchange(portOf(listener), bytes)
  expect(answer).toMatch(/^E/)
  expect(answer).toContain(`C${state}\0`)
})

test('a stream that can’t be opened is told as PostgreSQL tells it: severity, SQLSTATE, message, hint', async () => {
  const refusing: OpenStream = () =>
    Promise.reject(new HoopError('ACCESS_DENIED', 'vectordb', { detail: 'since today' }))
  await using listener = await listen(anyPort, anyone, refusing)
  await expect(query(portOf(listener))).rejects.toMatchObject({
    severity: 'FATAL',
    code: '28000',
    message: 'hoop: you may not do this: vectordb',
    detail: 'since today',
    hint: expect.stringContaining('hoop connections') as string,
  })
  await expect.poll(() => told).toMatchObject([{ code: 'ACCESS_DENIED' }])
})

test.skipIf(process.platform !== 'linux')('a client of another user is refused', async () => {
  await using listener = await listen(anyPort, { kind: 'user', uid: process.getuid!() + 1 })
  await expect(query(portOf(listener))).rejects.toMatchObject({
    code: '28000',
    message: expect.stringContaining('another user') as string,
  })
})

test.skipIf(process.getuid?.() !== 0)('a real process of another user is refused (needs root)', async () => {
  await using listener = await listen(anyPort, ownUser)
  const program = `const s = require('net').connect(${portOf(listener)}, '127.0.0.1')
    s.write(Buffer.from('${startupMessage([['user', 'x']]).toString('hex')}', 'hex')); s.pipe(process.stdout)`
  const { stdout } = await promisify(execFile)('/proc/self/exe', ['-e', program], { uid: 65534, gid: 65534, cwd: '/' })
  expect(stdout).toContain('another user of this machine')
})

test('where a password is asked for, the right one lets in and another doesn’t', async () => {
  await using listener = await listen(anyPort, { kind: 'password', password: 'shown-at-start' })
  expect(await query(portOf(listener), '127.0.0.1', 'shown-at-start')).toEqual([{ two: 2 }])
  await expect(query(portOf(listener), '127.0.0.1', 'guessed')).rejects.toMatchObject({ code: '28000' })
})

test('a socket in a folder of one’s own serves clients that name the folder', async () => {
  const address: LocalAddress = { kind: 'socket', folder: folder.file('run', 'vectordb'), port: 5432 }
  await using listener = await listen(address)
  expect((await stat(address.folder)).mode & 0o777).toBe(0o700)
  expect(await query(portOf(listener), address.folder)).toEqual([{ two: 2 }])
})

test('a socket that a killed process left is replaced, one in use is not', async () => {
  const address: LocalAddress = { kind: 'socket', folder: folder.file('run'), port: 5432 }
  await mkdir(address.folder, { mode: 0o700 })
  await writeFile(join(address.folder, '.s.PGSQL.5432'), '')
  await using listener = await listen(address)
  expect(portOf(listener)).toBe(5432)
  await expect(listen(address)).rejects.toMatchObject({ code: 'PORT_IN_USE' })
})

test('a port in use is named', async () => {
  const port = await freePort()
  const other = createServer().listen(port, '127.0.0.1')
  await once(other, 'listening')
  await expect(listen({ kind: 'tcp', host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    about: String(port),
  })
  other.close()
})

test('a client that finished sending still gets its answer', async () => {
  let upstream: Socket | undefined
  const slow = createServer({ allowHalfOpen: true }, (socket) => {
    upstream = socket.resume()
    socket.on('end', () => setTimeout(() => socket.end('the answer'), 50))
  }).listen(0, '127.0.0.1')
  await once(slow, 'listening')
  const { port } = slow.address() as { port: number }
  await using listener = await listen(anyPort, anyone, async () =>
    connect({ port, host: '127.0.0.1', allowHalfOpen: true }),
  )
  const socket = connect({ port: portOf(listener), host: '127.0.0.1', allowHalfOpen: true })
  socket.end(startupMessage([['user', 'x']]))
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString()).toBe('the answer')
  upstream?.destroy()
  slow.close()
})

test('the stream of a client that breaks off is broken off at once', async () => {
  const upstream = Promise.withResolvers<Socket>()
  const server = createServer((socket) => upstream.resolve(socket.on('error', () => undefined).resume())).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await using listener = await listen(anyPort, anyone, async () =>
    connect({ port, host: '127.0.0.1', allowHalfOpen: true }),
  )
  const socket = connect(portOf(listener), '127.0.0.1')
  socket.write(startupMessage([['user', 'x']]))
  const far = await upstream.promise
  const broken = once(far, 'end').catch((reason: unknown) => reason)
  socket.resetAndDestroy()
  expect(await broken).toMatchObject({ code: 'ECONNRESET' })
  server.close()
})

test('a slow reader stops the stream from being read: memory stays bounded', async () => {
  const far = Promise.withResolvers<Socket>()
  const server = createServer((socket) => far.resolve(socket.on('error', () => undefined).resume())).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await using listener = await listen(anyPort, anyone, async () =>
    connect({ port, host: '127.0.0.1', allowHalfOpen: true }),
  )
  const client = connect(portOf(listener), '127.0.0.1')
  client.pause()
  client.write(startupMessage([['user', 'x']]))
  const upstream = await far.promise
  const part = Buffer.alloc(1024 * 1024)
  let accepted = 0
  for (let i = 0; i < 64; i++) {
    const room = upstream.write(part)
    if (!room && !(await Promise.race([once(upstream, 'drain'), new Promise((r) => setTimeout(r, 150, false))]))) break
    accepted++
  }
  expect(accepted).toBeLessThan(32) // MB: kernel buffers of two hops, and no more
  client.destroy()
  server.close()
})

/** Sends a byte every now and then, and returns all that comes until the other side closes. */
const dripped = async (port: number, atOnce: Buffer, bytes: Buffer): Promise<string> => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let [text, at] = ['', 0]
  socket.on('data', (data) => (text += data.toString('latin1'))).on('error', () => undefined)
  socket.write(atOnce)
  const timer = setInterval(() => socket.writable && socket.write(bytes.subarray(at, ++at)), 30)
  await once(socket, 'end')
  clearInterval(timer)
  socket.destroy()
  return text
}

test.for<[string, LocalCheck, Buffer, Buffer]>([
  ['a connection request', anyone, Buffer.alloc(0), startupMessage([['user', 'x'.repeat(500)]])],
  [
    'a password',
    { kind: 'password', password: 'right' },
    startupMessage([['user', 'x']]),
    Buffer.concat([Buffer.from('p\0\0\x01\0', 'latin1'), Buffer.alloc(250, 'x')]),
  ],
])('%s that comes a byte at a time is given up, with a reason', async ([, check, atOnce, bytes]) => {
  await using listener = await listen(anyPort, check, straight, { time: 400, clients: 10 })
  expect(await dripped(portOf(listener), atOnce, bytes)).toContain('the client sent no connection request in time')
})

test('a connection request that is too large is refused before it is read', async () => {
  await using listener = await listen()
  const large = startupMessage([['user', 'x'.repeat(20_000)]])
  expect(await exchange(portOf(listener), large.subarray(0, 8))).toMatch(/C08P01\0Mhoop: .*length 20/)
})

test('clients that say nothing are few, and those that have said what they want don’t count', async () => {
  await using listener = await listen(anyPort, anyone, straight, { time: 30_000, clients: 2 })
  const port = portOf(listener)
  const sessions = [new Client({ host: '127.0.0.1', port, user: 'login_trust', database: 'postgres' })]
  sessions.push(new Client({ host: '127.0.0.1', port, user: 'login_trust', database: 'postgres' }))
  for (const session of sessions) await session.connect()
  const silent = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')]
  for (const socket of silent) await once(socket, 'connect')
  expect(await exchange(port)).toMatch(/C53300\0Mhoop: there are too many sessions: 2 clients of this port/)
  for (const session of sessions) expect((await session.query('SELECT 1')).rowCount).toBe(1)
  silent[0]?.destroy()
  await expect.poll(() => told.length).toBeGreaterThan(0)
  expect(await query(port)).toEqual([{ two: 2 }])
  for (const session of sessions) await session.end()
  silent[1]?.destroy()
})
