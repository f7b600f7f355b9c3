import { once } from 'node:events'
import { constants } from 'node:http2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startupMessage } from '../../../src/wire/startup.js'
import type { Person } from '../server/start/person.js'
import { type Started, started } from '../server/start/started.js'
import { ask, dialHttp2, http2To, linkHeaders, streamHeaders } from './agent.js'

let it: Started
let mika: Person
beforeAll(async () => {
  it = await started((folder) =>
    folder.edit(/^gateway:\n/m, 'gateway:\n  limits: { sessions_per_person: 6, http: { headers: 3s } }\n'),
  )
  mika = await it.person('mika')
})
afterAll(() => it[Symbol.asyncDispose]())

const { NGHTTP2_HTTP_1_1_REQUIRED, NGHTTP2_REFUSED_STREAM } = constants

const linked = async (person: Person, grant: string) => {
  const session = await http2To(it)
  const opened = await ask(session, await linkHeaders(person, it, grant))
  expect([opened.status, opened.code]).toEqual([200, undefined])
  return { session, control: opened.stream, [Symbol.dispose]: () => session.destroy() }
}

test('a link carries streams for grants of its key, each with a proof of its own', async () => {
  const { grant } = await mika.grant()
  using link = await linked(mika, grant)
  const streams = []
  for (let i = 0; i < 3; i++) {
    const { status, stream } = await ask(link.session, await streamHeaders(mika, it, grant))
    expect(status).toBe(200)
    stream.write(startupMessage([['user', 'x']]))
    const [first] = (await once(stream, 'data')) as [Buffer]
    expect(String.fromCharCode(first[0]!)).toBe('R')
    streams.push(stream)
  }
  for (const stream of streams) stream.end()
  await Promise.all(streams.map((stream) => once(stream.resume(), 'close')))
})

test('a proof that was used opens nothing, neither link nor stream', async () => {
  const { grant } = await mika.grant()
  const headers = await linkHeaders(mika, it, grant)
  const session = await http2To(it)
  expect((await ask(session, headers)).status).toBe(200)
  const again = await http2To(it)
  expect(await ask(again, headers)).toMatchObject({ status: 401, code: 'PROOF_REPLAYED' })
  const stream = await streamHeaders(mika, it, grant)
  expect((await ask(session, stream)).status).toBe(200)
  expect(await ask(session, stream)).toMatchObject({ status: 401, code: 'PROOF_REPLAYED' })
  for (const each of [session, again]) each.destroy()
})

test('a grant of another key is refused on a link, with a proof by either key', async () => {
  const [own, other] = [await mika.grant(), await it.person('mika')]
  const foreign = await other.grant()
  using link = await linked(mika, own.grant)
  const rightly = await streamHeaders(other, it, foreign.grant)
  expect(await ask(link.session, rightly)).toMatchObject({ status: 401, code: 'GRANT_INVALID' })
  const stolen = await streamHeaders(mika, it, foreign.grant)
  expect(await ask(link.session, stolen)).toMatchObject({ status: 401, code: 'GRANT_INVALID' })
})

test.for([
  ['no grant', { authorization: undefined }, 'NOT_LOGGED_IN'],
  ['no proof', { dpop: undefined }, 'PROOF_INVALID'],
  ['something else for a grant', { authorization: 'DPoP x.y.z' }, 'GRANT_INVALID'],
] as const)('nobody opens a link with %s, and a second try may', async ([, change, code]) => {
  const { grant } = await mika.grant()
  const session = await http2To(it)
  const headers = { ...(await linkHeaders(mika, it, grant)), ...change }
  const asked = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined))
  expect(await ask(session, asked)).toMatchObject({ status: 401, code })
  expect((await ask(session, await linkHeaders(mika, it, grant))).status).toBe(200)
  session.destroy()
})

test('before a link is open it carries nothing, and it opens once', async () => {
  const { grant } = await mika.grant()
  const session = await http2To(it)
  expect(await ask(session, await streamHeaders(mika, it, grant))).toMatchObject({ reset: NGHTTP2_REFUSED_STREAM })
  expect((await ask(session, await linkHeaders(mika, it, grant))).status).toBe(200)
  expect(await ask(session, await linkHeaders(mika, it, grant))).toMatchObject({ reset: NGHTTP2_REFUSED_STREAM })
  expect((await ask(session, await streamHeaders(mika, it, grant))).status).toBe(200)
  session.destroy()
})

test.for([
  ['another path', { ':path': '/v1/elsewhere' }, 404, 'NOT_FOUND'],
  ['another protocol', { ':protocol': 'websocket' }, 426, 'GATEWAY_VERSION'],
] as const)('%s leads nowhere', async ([, change, status, code]) => {
  const { grant } = await mika.grant()
  using link = await linked(mika, grant)
  const asked = await ask(link.session, { ...(await streamHeaders(mika, it, grant)), ...change })
  expect(asked).toMatchObject({ status, code })
})

test('other requests are sent to HTTP/1.1, and who sends many of them is hung up on', async () => {
  const { grant } = await mika.grant()
  using link = await linked(mika, grant)
  const page = link.session.request({ ':path': '/v1/gateway' })
  page.on('error', () => undefined)
  await new Promise((resolve) => page.once('close', resolve))
  expect(page.rstCode).toBe(NGHTTP2_HTTP_1_1_REQUIRED)
  const closed = once(link.session, 'close')
  for (let i = 0; i < 100 && !link.session.closed; i++)
    link.session.request({ ':path': '/' }).on('error', () => undefined)
  await closed
})

test('an HTTP/2 connection that does not become a link in time is closed', async () => {
  const [silent, session] = [await dialHttp2(it), await http2To(it)]
  await Promise.all([once(silent.resume(), 'close'), once(session, 'close')])
})

test('who offers both gets HTTP/1.1, with the whole API', async () => {
  const answer = await mika.client.get<{ connections: unknown[] }>('/v1/connections')
  expect(answer.connections).toHaveLength(1)
})

test('links are as many as a person may have sessions', async () => {
  const { grant } = await mika.grant()
  const links = []
  let refused: unknown
  // Those of the tests before may not be gone yet, so that fewer find room.
  for (let i = 0; i < 8 && refused === undefined; i++) {
    const session = await http2To(it)
    links.push(session)
    const { status, code } = await ask(session, await linkHeaders(mika, it, grant))
    if (status !== 200) refused = [status, code]
  }
  expect(refused).toEqual([429, 'SESSIONS_LIMIT'])
  for (const session of links) session.destroy()
  const again = async (): Promise<number> => {
    const session = await http2To(it)
    const { status } = await ask(session, await linkHeaders(mika, it, grant))
    session.destroy()
    return status
  }
  await expect.poll(again, { timeout: 10_000 }).toBe(200)
})
