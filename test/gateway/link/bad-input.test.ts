import { once } from 'node:events'
import type { TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Person } from '../server/start/person.js'
import { type Started, started } from '../server/start/started.js'
import { dialHttp2, linkHeaders, streamHeaders } from './agent.js'
import { begin, END_HEADERS, fields, flood, Frame, frame, setting, uint32 } from './raw.js'

let it: Started
let mika: Person
let quiet: Person
beforeAll(async () => {
  it = await started((folder) =>
    folder.edit(/^gateway:\n/m, 'gateway:\n  limits: { startup: 2s, http: { headers: 2s } }\n'),
  )
  mika = await it.person('mika')
  quiet = await it.person('mika')
  await quiet.connect()
})
afterAll(() => it[Symbol.asyncDispose]())

/** Whoever is there already, and whoever comes, is served. */
afterEach(async () => {
  const { client } = await quiet.connect()
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await client.end()
})

function* times(count: number, make: (i: number) => Buffer): Generator<Buffer> {
  for (let i = 0; i < count; i++) yield make(i)
}

const odd = (i: number): number => 2 * i + 1
const request = fields({
  ...{ ':method': 'CONNECT', ':protocol': 'hoop-pg/1', ':scheme': 'https', ':path': '/v1/tunnel' },
  ':authority': 'localhost',
})
const plain = fields({ ':method': 'GET', ':scheme': 'https', ':path': '/', ':authority': 'localhost' })

/** A connection that has opened a link by its stream 1. */
const opened = async (settings?: Buffer): Promise<TLSSocket> => {
  const { grant } = await mika.grant()
  const socket = await dialHttp2(it)
  socket.write(begin(settings))
  const { ':authority': authority, ':path': path, ...rest } = await linkHeaders(mika, it, grant)
  const headers = { ':method': 'CONNECT', ':scheme': 'https', ':authority': authority, ':path': path, ...rest }
  socket.write(frame(Frame.headers, END_HEADERS, 1, pseudoFirst(headers)))
  await answered(socket)
  return socket
}

/** Pseudo-header fields come before others (RFC 9113, section 8.3). */
const pseudoFirst = (headers: Record<string, unknown>): Buffer =>
  fields(
    Object.fromEntries(Object.entries(headers).toSorted(([a], [b]) => Number(b[0] === ':') - Number(a[0] === ':'))),
  )

/** Until something comes on stream 1. */
const answered = async (socket: TLSSocket): Promise<void> => {
  let held = Buffer.alloc(0)
  for (;;) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    held = Buffer.concat([held, chunk])
    for (let at = 0; at + 9 <= held.length; at += 9 + held.readUIntBE(at, 3))
      if (held[at + 3] === Frame.headers && held.readUInt32BE(at + 5) === 1) return void socket.resume()
  }
}

const attacks: readonly (readonly [string, (first: number) => Iterable<Buffer>])[] = [
  ['garbage', () => [Buffer.alloc(5000, 0xff)]],
  ['a frame longer than allowed', () => [frame(Frame.data, 0, 1, Buffer.alloc(20_000))]],
  ['frames of unknown streams', (n) => times(2000, (i) => frame(Frame.data, 0, odd(i + n) + 1000, Buffer.alloc(10)))],
  ['10,000 streams', (n) => times(10_000, (i) => frame(Frame.headers, END_HEADERS, odd(i + n), request))],
  ['10,000 requests', (n) => times(10_000, (i) => frame(Frame.headers, END_HEADERS | 1, odd(i + n), plain))],
  [
    'rapid resets (CVE-2023-44487)',
    (n) =>
      times(20_000, (i) =>
        Buffer.concat([
          frame(Frame.headers, END_HEADERS, odd(i + n), request),
          frame(Frame.reset, 0, odd(i + n), uint32(8)),
        ]),
      ),
  ],
  [
    'CONTINUATION without end (CVE-2024-27316)',
    (n) =>
      times(20_000, (i) =>
        i === 0 ? frame(Frame.headers, 0, odd(n), request) : frame(Frame.continuation, 0, odd(n), fields({ x: 'y' })),
      ),
  ],
  [
    'fields too large',
    (n) => [
      frame(Frame.headers, 0, odd(n), request),
      ...times(7, () => frame(Frame.continuation, 0, odd(n), fields({ x: 'y'.repeat(15_000) }))),
      ...times(2000, () => frame(Frame.continuation, 0, odd(n), fields({ x: 'y' }))),
    ],
  ],
  ['a window beyond its end', () => times(3, () => frame(Frame.windowUpdate, 0, 0, uint32(0x7fffffff)))],
  ['a window of nothing', () => times(3, () => frame(Frame.windowUpdate, 0, 0, uint32(0)))],
  ['settings without end', () => times(100_000, () => frame(Frame.settings, 0, 0, setting(4, 1)))],
  ['settings out of range', () => [frame(Frame.settings, 0, 0, setting(4, 0x80000000))]],
]

test.for(attacks)('%s, from somebody who has proved nothing', async ([, attack]) => {
  const socket = await dialHttp2(it)
  const closed = once(socket.resume(), 'close')
  socket.write(begin())
  await flood(socket, attack(0))
  await closed
})

test.for(attacks.filter(([name]) => name !== '10,000 streams'))('%s, on a link that is open', async ([, attack]) => {
  const socket = await opened()
  const closed = once(socket, 'close')
  await flood(socket, attack(1))
  await closed
})

test('10,000 streams on a link that is open get no further than its bound', async () => {
  const { grant } = await mika.grant()
  const socket = await opened()
  // Each has a proof of its own, and asks for nothing then.
  const headers = await Promise.all(Array.from({ length: 150 }, () => streamHeaders(mika, it, grant)))
  const asks = headers.map((each) =>
    pseudoFirst({ ':method': 'CONNECT', ':scheme': 'https', ':authority': each[':authority'], ...each }),
  )
  await flood(
    socket,
    times(10_000, (i) => frame(Frame.headers, END_HEADERS, odd(i + 1), asks[i % asks.length])),
  )
  // What was let in says nothing, and is over with `startup`; the link itself may be closed for what was too much.
  const links = () => it.log.filter(({ msg }) => msg === 'stream refused').length
  await expect.poll(links, { timeout: 20_000 }).toBeGreaterThan(0)
  socket.destroy()
})

test('a client that opens no window keeps its answers waiting, not the gateway', async () => {
  const { grant } = await mika.grant()
  const socket = await opened(setting(4, 0))
  const each = await streamHeaders(mika, it, grant)
  const ask = pseudoFirst({ ':method': 'CONNECT', ':scheme': 'https', ':authority': each[':authority'], ...each })
  socket.write(frame(Frame.headers, END_HEADERS, 3, ask))
  // Its connection request never comes, and what it would be told of that doesn't fit.
  await expect
    .poll(() => it.log.some(({ msg, code }) => msg === 'stream refused' && code === 'STARTUP_TIMEOUT'), {
      timeout: 20_000,
    })
    .toBe(true)
  socket.destroy()
})
