import { once } from 'node:events'
import { constants } from 'node:http2'
import { expect, test } from 'vitest'
import { Links, type Stream } from '../../../src/agent/link/links.js'
import { LinkStream } from '../../../src/lib/link/stream.js'
import { linkFake } from './link-fake.js'

const { signal } = new AbortController()
const hello = { grant: () => Promise.resolve('grant'), first: Buffer.from('hello') }

const echo = async (stream: Stream): Promise<string> => String(((await once(stream, 'data')) as [Buffer])[0])

test('streams share a link, up to 32 of them; what the client said first goes with the request', async () => {
  await using gateway = await linkFake()
  await using links = new Links(gateway.client)
  const streams = await Promise.all(Array.from({ length: 32 }, () => links.open(hello, signal)))
  expect(await Promise.all(streams.map(echo))).toEqual(streams.map(() => 'hello'))
  expect(gateway.sessions.size).toBe(1)
  expect(await echo(await links.open(hello, signal))).toBe('hello')
  expect(gateway.sessions.size).toBe(2)
  const closed = once(streams[0]!, 'close')
  streams[0]!.destroy()
  await closed
  await links.open(hello, signal)
  expect(gateway.sessions.size).toBe(2)
})

test('a gateway without extended CONNECT gets an Upgrade for each stream, and is not asked again', async () => {
  await using gateway = await linkFake(false)
  await using links = new Links(gateway.client)
  for (let i = 1; i <= 2; i++) {
    const stream = await links.open(hello, signal)
    expect(stream).not.toBeInstanceOf(LinkStream)
    expect(await echo(stream)).toBe('hello')
    expect(gateway.heard).toEqual({ streams: 0, upgrades: i })
    stream.destroy()
  }
})

test('after GOAWAY the next stream gets another link, and those that are there go on', async () => {
  await using gateway = await linkFake()
  await using links = new Links(gateway.client)
  const first = await links.open(hello, signal)
  await echo(first)
  const [session] = gateway.sessions
  session!.goaway(constants.NGHTTP2_NO_ERROR)
  const second = async () => {
    const stream = await links.open(hello, signal)
    await echo(stream)
    return gateway.sessions.size
  }
  await expect.poll(second, { timeout: 30_000 }).toBe(2)
  first.write('again')
  expect(await echo(first)).toBe('again')
  const closed = once(session!, 'close')
  first.destroy()
  await closed
})

test('a stream that the gateway has not looked at is asked for once more', async () => {
  await using gateway = await linkFake()
  await using links = new Links(gateway.client)
  gateway.answer = (stream) => {
    stream.close(constants.NGHTTP2_REFUSED_STREAM)
    gateway.answer = undefined
  }
  expect(await echo(await links.open(hello, signal))).toBe('hello')
  expect(gateway.heard.streams).toBe(2)
})

test('a refusal comes in the gateway’s words', async () => {
  await using gateway = await linkFake()
  await using links = new Links(gateway.client)
  gateway.answer = (stream) => {
    stream.respond({ ':status': 403 })
    stream.end(JSON.stringify({ code: 'ACCESS_DENIED', message: 'not you', hint: 'Ask.' }))
  }
  await expect(links.open(hello, signal)).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
    message: 'not you',
    hint: 'Ask.',
  })
})

test.for([
  ['the end of a half', (end: () => void) => end(), ['data', 'end', 'close']],
  ['breaking off', (_: () => void, reset: () => void) => reset(), ['data', 'close']],
] as const)('%s is what it is for a socket', async ([, act, expected]) => {
  await using gateway = await linkFake()
  await using links = new Links(gateway.client)
  gateway.answer = (stream) => {
    stream.respond({ ':status': 200 })
    stream.write('words')
    stream.once('data', () =>
      act(
        () => stream.resume().end(),
        () => new LinkStream(stream, () => undefined).destroy(),
      ),
    )
  }
  const stream = await links.open({ ...hello, first: Buffer.alloc(0) }, signal)
  const events: string[] = []
  for (const event of ['data', 'end', 'close']) stream.on(event, () => events.push(event))
  const closed = once(stream, 'close')
  await once(stream, 'data')
  stream.write('done')
  stream.once('end', () => stream.end())
  await closed
  expect(events).toEqual(expected)
})

test('a stream that is paused, and has nothing to read, hears that the other side has ended', async () => {
  await using gateway = await linkFake()
  await using links = new Links(gateway.client)
  gateway.answer = (stream) => {
    stream.respond({ ':status': 200 })
    stream.resume().end()
  }
  const stream = await links.open(hello, signal)
  const ended = once(stream, 'end')
  stream.resume().pause()
  await ended
})
