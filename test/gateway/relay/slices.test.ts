import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { inSlices } from '../../../src/gateway/relay/slices.js'

const SLICE = 256 * 1024

/** Takes what it is given at once, and notes how much that was in each turn of the event loop. */
const noting = (gathers: boolean) => {
  const taken: Buffer[] = []
  const turns: number[] = []
  const take = (chunks: readonly Buffer[], done: () => void): void => {
    taken.push(...chunks)
    turns.push(chunks.reduce((sum, { length }) => sum + length, 0))
    done()
  }
  const stream = new Writable({
    highWaterMark: 16_384,
    write: (chunk: Buffer, _encoding, done) => take([chunk], done),
    ...(gathers && {
      writev: (chunks, done) =>
        take(
          chunks.map(({ chunk }) => chunk as Buffer),
          done,
        ),
    }),
  })
  inSlices(stream)
  return { stream, turns, whole: () => Buffer.concat(taken) }
}

/** Of which no two places look alike. */
const bytes = (length: number): Buffer => {
  const all = Buffer.alloc(length)
  for (let at = 0; at < length; at += 4) all.writeUInt32LE(at, at)
  return all
}

test.each([true, false])(
  'a long write is made in slices, each in a turn of its own (several at once: %s)',
  async (gathers) => {
    const { stream, turns, whole } = noting(gathers)
    const long = bytes(3_000_000)
    expect(stream.write(long)).toBe(false)
    // What comes behind waits for it, and whoever waits for room waits for all of it.
    stream.write(Buffer.from('behind'))
    let drained = false
    stream.once('drain', () => (drained = true))
    const before = turns.length
    await turn()
    expect(turns.length - before).toBe(1)
    expect(drained).toBe(false)
    stream.end(Buffer.from('last'))
    await once(stream, 'finish')
    expect(Math.max(...turns)).toBe(SLICE)
    expect(whole().equals(Buffer.concat([long, Buffer.from('behindlast')]))).toBe(true)
  },
)

test('many buffers that are written together are no more in one turn than one that is long', async () => {
  const { stream, turns, whole } = noting(true)
  const parts = Array.from({ length: 300 }, (_, at) => Buffer.alloc(at * 37, at))
  stream.cork()
  for (const part of parts) stream.write(part)
  stream.uncork()
  stream.end()
  await once(stream, 'finish')
  expect(Math.max(...turns)).toBe(SLICE)
  expect(turns).toHaveLength(Math.ceil((37 * 300 * 299) / 2 / SLICE))
  expect(whole().equals(Buffer.concat(parts))).toBe(true)
})

test('what is short goes out at once, together where it was written together', () => {
  const { stream, turns } = noting(true)
  stream.write(Buffer.alloc(SLICE))
  stream.cork()
  stream.write(Buffer.alloc(10))
  stream.write(Buffer.alloc(20))
  stream.uncork()
  expect(turns).toEqual([SLICE, 30])
})

test('a socket that nobody reads keeps the rest back, and gives it out when somebody does', async () => {
  await using server = createServer()
  const accepted = once(server.listen(0, '127.0.0.1'), 'listening').then(() => once(server, 'connection'))
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [other] = (await accepted) as [Socket]
  inSlices(client)
  const long = bytes(12_000_000)
  client.write(long)
  client.end(Buffer.from('last'))
  const hash = createHash('sha256')
  for await (const chunk of other) hash.update(chunk as Buffer)
  expect(hash.digest('hex')).toBe(createHash('sha256').update(long).update('last').digest('hex'))
  client.destroy()
})

test('a socket that breaks in between says so to whoever wrote', async () => {
  const failing = new Writable({
    write: (chunk: Buffer, _encoding, done) => done(chunk.length < SLICE ? new Error('broken') : null),
  })
  inSlices(failing)
  const error = new Promise((resolve) => failing.once('error', resolve))
  failing.write(Buffer.alloc(2 * SLICE + 1))
  expect(await error).toMatchObject({ message: 'broken' })
})
