import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { sendCopy } from '../../../src/agent/exec/copy-in.js'
import type { Stream } from '../../../src/agent/link/links.js'

/** A stream that nobody reads at its other end, or one that takes everything; with what was written into it. */
const streamOf = (takes: boolean) => {
  const written: Buffer[] = []
  const stream = new Duplex({
    highWaterMark: 1,
    read: () => undefined,
    write(part: Buffer, _, done) {
      written.push(part)
      if (takes) done()
    },
  })
  return { stream: stream as unknown as Stream, tags: () => written.map((part) => String.fromCharCode(part[0]!)) }
}

async function* parts(...given: string[]): AsyncGenerator<Buffer> {
  for (const one of given) yield Buffer.from(one)
  await Promise.resolve()
}

/** Data that never come. */
const silent: AsyncIterable<Buffer> = {
  [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<Buffer>>(() => undefined) }),
}

test('data go on to their end', async () => {
  const { stream, tags } = streamOf(true)
  await sendCopy(stream, parts('1\n', '2\n'), new AbortController().signal)
  expect(tags()).toEqual(['d', 'd', 'c'])
})

test('a stop ends the wait for data that never come; cancelled, the server is told', async () => {
  for (const [why, expected] of [
    ['over', []],
    ['cancelled', ['f']],
  ] as const) {
    const { stream, tags } = streamOf(true)
    const stop = new AbortController()
    const sent = sendCopy(stream, silent, stop.signal)
    stop.abort(why)
    await sent
    expect(tags()).toEqual(expected)
  }
})

test('a stop ends the wait for room that never comes', async () => {
  const { stream, tags } = streamOf(false)
  const stop = new AbortController()
  const sent = sendCopy(stream, parts('1\n', '2\n'), stop.signal)
  await expect.poll(tags).toEqual(['d'])
  stop.abort('over')
  await sent
  expect(tags()).toEqual(['d'])
})

test('data that can’t be read fail the COPY, in words', async () => {
  const { stream, tags } = streamOf(true)
  const written: Buffer[] = []
  const write = stream.write.bind(stream)
  stream.write = (part: Buffer) => {
    written.push(part)
    return write(part)
  }
  const broken = (async function* () {
    yield Buffer.from('1\n')
    await Promise.resolve()
    throw new Error('EISDIR')
  })()
  await sendCopy(stream, broken, new AbortController().signal)
  expect(tags()).toEqual(['d', 'f'])
  expect(written[1]!.subarray(5).toString()).toBe('EISDIR\0')
})
