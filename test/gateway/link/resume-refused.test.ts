import { afterAll, beforeAll, expect, test } from 'vitest'
import { readKept } from '../../../src/lib/link/resumption.js'
import { startupMessage } from '../../../src/wire/startup.js'
import type { Person } from '../server/start/person.js'
import { type Started, started } from '../server/start/started.js'
import { type Asked, ask, dialHttp2, http2To, linkHeaders, streamHeaders } from './agent.js'

let it: Started
let mika: Person
beforeAll(async () => {
  it = await started()
  mika = await it.person('mika')
})
afterAll(() => it[Symbol.asyncDispose]())

const linked = async (person: Person, grant: string) => {
  const socket = await dialHttp2(it)
  const session = await http2To(it, socket)
  const { status, stream: control } = await ask(session, await linkHeaders(person, it, grant))
  expect(status).toBe(200)
  return { socket, session, control }
}

/** Asks on a link of its own that a stream go on. */
const resume = async (person: Person, grant: string, how: string): Promise<Asked> => {
  const { session } = await linked(person, grant)
  return ask(session, { ...(await streamHeaders(person, it, grant)), 'hoop-resume': how })
}

/** A session whose client has read its greeting, with the link that it came on. */
const session = async (grant: string) => {
  const link = await linked(mika, grant)
  const asked = await ask(link.session, { ...(await streamHeaders(mika, it, grant)), 'hoop-resume': 'new' })
  const kept = readKept(asked.resume)
  expect(kept?.time).toBe(60_000)
  let received = Buffer.alloc(0)
  asked.stream.on('data', (chunk: Buffer) => (received = Buffer.concat([received, chunk])))
  asked.stream.write(startupMessage([['user', 'x']]))
  // ReadyForQuery.
  await expect.poll(() => received.subarray(-6).toString('hex'), { timeout: 30_000 }).toBe('5a0000000549')
  return { ...link, id: kept!.id, stream: asked.stream, received: () => received.length }
}

const refused = { status: 410, code: 'RESUME_REFUSED' }

test('goes on for the same grant and key, from where it stood, once for each attempt', async () => {
  const { grant } = await mika.grant()
  const one = await session(grant)
  one.socket.destroy()
  const sent = startupMessage([['user', 'x']]).length
  expect(await resume(mika, grant, `${one.id} 1 ${one.received()}`)).toMatchObject({
    status: 200,
    resume: String(sent),
  })
  expect(await resume(mika, grant, `${one.id} 1 ${one.received()}`)).toMatchObject(refused)
  expect(await resume(mika, grant, `${one.id} 2 ${one.received()}`)).toMatchObject({ status: 200 })
})

test('what was not received comes again', async () => {
  const { grant } = await mika.grant()
  const one = await session(grant)
  one.socket.destroy()
  const { status, stream } = await resume(mika, grant, `${one.id} 1 10`)
  expect(status).toBe(200)
  let bytes = 0
  stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
  await expect.poll(() => bytes, { timeout: 30_000 }).toBe(one.received() - 10)
})

test('nobody else gets it: another key, another chain of grants, a grant without its key, an id that is guessed', async () => {
  const { grant } = await mika.grant()
  const one = await session(grant)
  one.socket.destroy()
  const how = `${one.id} 1 ${one.received()}`
  const other = await it.person('mika')
  const own = await other.grant()
  expect(await resume(other, own.grant, how)).toMatchObject(refused)
  const { grant: another } = await mika.grant()
  expect(await resume(mika, another, how)).toMatchObject(refused)
  const { session: link } = await linked(other, own.grant)
  const stolen = { ...(await streamHeaders(other, it, grant)), 'hoop-resume': how }
  expect(await ask(link, stolen)).toMatchObject({ status: 401, code: 'GRANT_INVALID' })
  expect(await resume(mika, grant, `${'A'.repeat(22)} 1 0`)).toMatchObject(refused)
  expect(await resume(mika, grant, how)).toMatchObject({ status: 200 })
})

test('a position that can’t be is refused: beyond what was sent, before what was confirmed', async () => {
  const { grant } = await mika.grant()
  const one = await session(grant)
  const word = Buffer.alloc(12)
  word.writeUInt32BE(one.stream.id!)
  word.writeBigUInt64BE(BigInt(one.received()), 4)
  one.control.write(word)
  // The gateway has read it when it has answered what was sent behind it.
  await new Promise<void>((resolve) => void one.session.ping(() => resolve()))
  one.socket.destroy()
  for (const [attempt, position] of [one.received() + 1, 999_999_999, 0, one.received() - 1].entries())
    expect(await resume(mika, grant, `${one.id} ${attempt + 1} ${position}`)).toMatchObject(refused)
  expect(await resume(mika, grant, `${one.id} 9 ${one.received()}`)).toMatchObject({ status: 200 })
})

test('an agent that confirms what was never sent loses its link', async () => {
  const { grant } = await mika.grant()
  const one = await session(grant)
  const word = Buffer.alloc(12)
  word.writeUInt32BE(one.stream.id!)
  word.writeBigUInt64BE(2n ** 63n, 4)
  const closed = new Promise((resolve) => one.session.once('close', resolve))
  one.control.on('error', () => undefined)
  one.stream.on('error', () => undefined)
  one.control.write(word)
  await closed
})

test('what an agent has closed itself does not go on', async () => {
  const { grant } = await mika.grant()
  const one = await session(grant)
  const ended = () => it.log.filter(({ msg }) => msg === 'session ended').length
  const before = ended()
  one.session.goaway()
  await new Promise<void>((resolve) => void one.session.ping(() => resolve()))
  one.socket.destroy()
  await expect.poll(ended, { timeout: 30_000 }).toBe(before + 1)
  expect(await resume(mika, grant, `${one.id} 1 ${one.received()}`)).toMatchObject(refused)
})
