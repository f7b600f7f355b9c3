import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { HoopError } from '../../../../src/lib/errors.js'
import type { SessionEvent } from '../../../../src/recording/events.js'
import { counters, session } from '../../../store/fixtures.js'
import { people, startWorld, type Person, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await startWorld()
  const at = (hour: number) => `2026-11-22T${String(hour).padStart(2, '0')}:00:00.000Z`
  const end = { end: 'closed', endedAt: at(9) } as const
  await Promise.all([
    world.index.started(session('a1', { startedAt: at(1), ...end })),
    world.index.started(session('a2', { startedAt: at(2), connection: 'docs', ...end })),
    world.index.started(session('a3', { startedAt: at(3) })),
    world.index.started(session('b1', { startedAt: at(4), subject: 'ben', name: 'ben@example.com', ...end })),
  ])
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})
afterEach(() => {
  world.live.clear()
  world.recordings.clear()
})

const list = async (person: Person, query = '') => {
  const { body } = await world.ask(person, `/v1/sessions${query}`)
  return body as { sessions: { id: string; counters: object }[]; cursor?: string; code?: string }
}
const ids = async (person: Person, query = '') => (await list(person, query)).sessions.map(({ id }) => id)

const event = (n: number, text = 'select 1'): SessionEvent => ({ type: 'statement', at: n, n, via: 'simple', text })

test.for<[Person, string[]]>([
  ['ana', ['a3', 'a2', 'a1']],
  ['ben', ['b1']],
  ['noor', []],
  ['ines', ['b1', 'a3', 'a2', 'a1']],
  ['olu', ['b1', 'a3', 'a2', 'a1']],
])('%s sees %j', async ([person, expected]) => {
  expect(await ids(person)).toEqual(expected)
})

test.for(['?person=ben', '?person=ben%40example.com', '?grant=g1&person=ben'])(
  'asking for %s does not show somebody else’s sessions',
  async (query) => {
    expect(await ids('ana', query)).toEqual([])
    expect(await ids('ines', query)).toEqual(['b1'])
  },
)

test.for(['/v1/sessions/b1', '/v1/sessions/b1/events', '/v1/sessions/b1/following', '/v1/sessions/b'])(
  'somebody else’s %s is answered as one that is not there',
  async (path) => {
    world.recordings.set('b1', [event(1)])
    const hidden = await world.ask('ana', path)
    const missing = await world.ask('ana', path.replace('/b', '/z'))
    expect(hidden).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
    expect(hidden.text.replaceAll(/\bb1?\b/g, 'X')).toBe(missing.text.replaceAll(/\bz1?\b/g, 'X'))
    expect((await world.ask('ines', path)).status).toBe(200)
  },
)

test('filters narrow the list', async () => {
  expect(await ids('ines', '?connection=docs')).toEqual(['a2'])
  expect(await ids('ines', '?live=true')).toEqual(['a3'])
  expect(await ids('ines', '?live=false')).toEqual(['b1', 'a2', 'a1'])
  expect(await ids('ines', '?since=2026-11-22T02:00:00Z&until=2026-11-22T04:00:00Z')).toEqual(['a3', 'a2'])
  expect(await ids('ines', '?since=2026-11-22T05:00:00%2B03:00&until=2026-11-22T03:00:00Z')).toEqual(['a2'])
})

test('pages follow one another', async () => {
  const first = await list('ines', '?limit=3')
  expect(first.sessions.map(({ id }) => id)).toEqual(['b1', 'a3', 'a2'])
  const second = await list('ines', `?limit=3&cursor=${first.cursor}`)
  expect(second.sessions.map(({ id }) => id)).toEqual(['a1'])
  expect(second.cursor).toBeUndefined()
})

test('a text is searched in the recordings one may see, page by page', async () => {
  for (const id of ['a1', 'a3', 'b1']) world.recordings.set(id, [event(1, `select needle_${id}`)])
  expect(await ids('ana', '?text=needle')).toEqual(['a3', 'a1'])
  expect(await ids('ana', '?text=needle_b1')).toEqual([])
  const first = await list('ines', '?text=needle&limit=2')
  expect(first.sessions.map(({ id }) => id)).toEqual(['b1', 'a3'])
  const second = await list('ines', `?text=needle&limit=2&cursor=${first.cursor}`)
  expect(second.sessions.map(({ id }) => id)).toEqual(['a1'])
  expect(second.cursor).toBeUndefined()
})

test.for([
  '?limit=0',
  '?limit=501',
  '?limit=x',
  '?since=yesterday',
  '?live=perhaps',
  '?nothing=1',
  '?cursor=x',
  '?person=',
  '?person=a&person=b',
])('%s is refused', async (query) => {
  expect(await world.ask('ines', `/v1/sessions${query}`)).toMatchObject({
    status: 400,
    body: { code: 'REQUEST_INVALID' },
  })
})

test.for(['%00', 'a%2f..%2fb', "'", 'a'.repeat(65), '%F0%9F%98%80'])('%j is no id', async (id) => {
  const { status } = await world.ask('ines', `/v1/sessions/${id}`)
  expect([400, 404]).toContain(status)
})

test('a session that lives here shows the counters of this moment, one that has ended its last', async () => {
  for (const id of ['a1', 'a3']) world.live.set(id, { ...counters, rows: 77 })
  expect((await world.ask('ana', '/v1/sessions/a3')).body).toMatchObject({ counters: { rows: 77 } })
  expect((await world.ask('ana', '/v1/sessions/a1')).body).toMatchObject({ counters: { rows: 0 } })
  expect((await list('ana')).sessions.map((one) => (one.counters as { rows: number }).rows)).toEqual([77, 0, 0])
})

test('a session is found by the beginning of its id', async () => {
  expect((await world.ask('ben', '/v1/sessions/b')).body).toMatchObject({ id: 'b1' })
  const ambiguous = await world.ask('ana', '/v1/sessions/a')
  expect(ambiguous).toMatchObject({ status: 404, body: { code: 'NOT_FOUND', hint: 'Give more of the id.' } })
})

test('a recording comes as one event a line', async () => {
  const events = Array.from({ length: 3000 }, (_, n) => event(n + 1, `select '${'x'.repeat(n % 200)}'`))
  world.recordings.set('a1', events)
  const answer = await world.ask('ana', '/v1/sessions/a1/events')
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/x-ndjson' } })
  expect(answer.text.endsWith('\n')).toBe(true)
  expect(
    answer.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual(events)
})

test('a recording without events is empty', async () => {
  world.recordings.set('a1', [])
  expect(await world.ask('ana', '/v1/sessions/a1/events')).toMatchObject({ status: 200, text: '' })
})

test('a recording that cannot be opened has a status', async () => {
  world.recordings.set('a1', async function* () {
    yield* []
    throw new HoopError('RECORDING_DAMAGED', 'at byte 0')
  })
  expect(await world.ask('ana', '/v1/sessions/a1/events')).toMatchObject({
    status: 500,
    body: { code: 'RECORDING_DAMAGED' },
  })
})

test('a recording that is damaged further on gives what is whole, then says so', async () => {
  world.recordings.set('a1', async function* () {
    yield event(1)
    throw new HoopError('RECORDING_DAMAGED', 'at byte 99')
  })
  const { status, text } = await world.ask('ana', '/v1/sessions/a1/events')
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  expect(status).toBe(200)
  expect(lines).toEqual([event(1), expect.objectContaining({ type: 'error', code: 'RECORDING_DAMAGED' })])
})

test('a slow reader holds the recording back, and one who leaves closes it', async () => {
  let given = 0
  let closed: () => void = () => {}
  const isClosed = new Promise<void>((resolve) => (closed = resolve))
  world.recordings.set('a1', async function* () {
    try {
      for (;;) yield event(++given, 'x'.repeat(10_000))
    } finally {
      closed()
    }
  })
  const token = await world.idp.sign(people.ana)
  const path = '/v1/sessions/a1/events'
  const dpop = await world.prover.prove({ url: world.url + path, token })
  const socket = connect({ host: '127.0.0.1', servername: 'localhost', port: world.port, ca: world.ca })
  await once(socket, 'secureConnect')
  socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: DPoP ${token}\r\ndpop: ${dpop}\r\n\r\n`)
  await once(socket, 'readable')
  // Sockets on both sides hold a few MB; an unread recording would run on for ever.
  for (let before = -1, still = 0; still < 5;) {
    still = given === before ? still + 1 : 0
    before = given
    expect(given * 10_000).toBeLessThan(64 << 20)
    await new Promise((later) => setTimeout(later, 100))
  }
  socket.destroy()
  await isClosed
})

/** The lines of an answer to who follows a session. */
const followed = async (person: Person, query = '') => {
  const { status, text } = await world.ask(person, `/v1/sessions/a3/following${query}`)
  return {
    status,
    lines: text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type?: string; code?: string }),
  }
}

test('who follows a live session is answered as soon as something comes', async () => {
  world.live.set('a3', counters)
  world.recordings.set('a3', [event(1)])
  world.reads.length = 0
  const first = await followed('ines')
  expect(first.lines).toEqual([event(1), { type: 'position', after: '1', live: true }])
  const waiting = followed('ines', '?after=1&wait=20')
  await sleep(50)
  world.recordings.set('a3', [event(1), event(2)])
  expect((await waiting).lines).toEqual([event(2), { type: 'position', after: '2', live: true }])
  const last = followed('ines', '?after=2&wait=20')
  await sleep(50)
  world.live.delete('a3')
  world.recordings.set('a3', [event(1), event(2), event(3)])
  expect((await last).lines).toEqual([event(3), { type: 'position', after: '3', live: false }])
  // What goes on where an answer before stood is no other read; what is over is.
  expect(world.reads).toHaveLength(2)
  expect((await followed('ines', '?after=3&wait=20')).lines).toEqual([{ type: 'position', after: '3', live: false }])
  expect(world.reads).toHaveLength(3)
})

test('who is shut out, or loses the role, while they wait sees nothing of what came', async () => {
  world.live.set('a3', counters)
  world.recordings.set('a3', [event(1)])
  const before = world.state.view
  const waiting = followed('ines', '?after=1&wait=20')
  await sleep(50)
  world.state.view = { ...before, auditors: [] }
  world.recordings.set('a3', [event(1), event(2)])
  expect(await waiting).toMatchObject({ status: 404 })
  world.state.view = before
  const other = followed('ines', '?after=2&wait=20')
  await sleep(50)
  const change = (what: string, more: object) =>
    world.ask('olu', `/v1/people/${what}`, { method: 'POST', body: { person: 'ines@example.com', ...more } })
  expect(await change('revoke', { reason: 'left' })).toMatchObject({ status: 200 })
  world.recordings.set('a3', [event(1), event(2), event(3)])
  expect(await other).toMatchObject({ status: 403, lines: [{ code: 'PERSON_REVOKED' }] })
  expect(await change('restore', {})).toMatchObject({ status: 200 })
})
