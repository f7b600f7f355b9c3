import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { verifyByConfiguration } from '../../src/operator/audit/verify.js'
import { readRecording } from '../../src/recording/reader.js'
import { AuditView } from '../../src/store/audit-view.js'
import { parsed } from '../gateway/events/receiving.js'
import { person } from '../gateway/server/start/person.js'
import { freshDatabase } from '../helpers/database.js'
import { startTestGateway, type TestGateway } from '../helpers/gateway.js'
import { type Acknowledged, randomFrom, work } from './load.js'

/** `npm run crash` sets it. */
const asked = Number(process.env['HOOP_TEST_CRASH'] ?? 0)
const rounds = asked > 0 ? asked : 20
/** Rounds between two looks at everything: the record grows. */
const every = asked > 0 ? 25 : 10
/** No round begins behind this, milliseconds. */
const longest = asked > 0 ? 3 * 3_600_000 : 25_000
const seed = Number(process.env['HOOP_TEST_SEED'] ?? Date.now() % 1_000_000)
const sessions = 4

// A client hears at once that its gateway is gone.
const policy = { resume: 0, rules: [{ name: 'no-drop', when: { statement: ['drop'] }, do: 'block' }] }

/** Everything that recordings say ran, and was refused, of those that were not looked at yet. */
const recordedIn = async (folder: string, seen: Set<string>) => {
  const texts = { ran: new Set<string>(), refused: new Set<string>() }
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.hooprec') || seen.has(name)) continue
    seen.add(name)
    for await (const event of readRecording(join(folder, name))) {
      if (event.type === 'statement') texts.ran.add(event.text)
      if (event.type === 'refusal') texts.refused.add(event.text)
    }
  }
  return texts
}

const looked = new Set<string>()

/** What a kill leaves: a session without a frame yet, or with some that no head had come to. */
const expectedNotes = new Set(['nothing-ran', 'entered-late', 'silence'])

/**
 * What was acknowledged is recorded and in the ledger, nothing was altered, and every session that a kill ended has an end.
 * @returns sessions that a kill had ended before anything of them ran: the ledger has none of them
 */
const look = async (gateway: TestGateway, acknowledged: Acknowledged): Promise<ReadonlySet<string | undefined>> => {
  const folder = join(gateway.folder, 'recordings')
  const memory = join(gateway.folder, 'seen.json')
  const found = await verifyByConfiguration(gateway.configFile, { memory, env: {} })
  expect(found.findings.filter(({ kind }) => !expectedNotes.has(kind))).toEqual([])
  expect(found.sound).toBe(true)
  // A file without so much as a beginning is named as one, and says nothing.
  const ranNothing = new Set(found.findings.flatMap(({ kind, session }) => (kind === 'nothing-ran' ? [session] : [])))
  for (const session of ranNothing)
    for (const name of await readdir(folder, { recursive: true })) if (name.includes(session!)) looked.add(name)
  const recorded = await recordedIn(folder, looked)
  for (const kind of ['ran', 'refused'] as const)
    expect(
      acknowledged[kind].splice(0).filter((text) => !recorded[kind].has(text)),
      `${kind}, acknowledged and not recorded`,
    ).toEqual([])
  using view = new AuditView(join(gateway.folder, 'hoop.db'))
  let ended = 0
  for await (const { id, end } of view.sessions()) {
    expect([id, end]).toEqual([id, 'aborted'])
    // One that was killed before its row was there, and so before anything of it ran, no gateway has begun.
    if (!ranNothing.has(id)) ended++
  }
  // Of a session that was open, the last word is an end that has all frames of its recording: what the verification demands.
  expect(found.sessions).toBeGreaterThanOrEqual(ended)
  expect(found.recordings).toBeGreaterThanOrEqual(found.sessions)
  return ranNothing
}

/** Each session that has ended, and each statement that was refused, was told to who gets events, and what came twice is the same. */
const checkEvents = async (
  gateway: TestGateway,
  refused: number,
  ranNothing: ReadonlySet<string | undefined>,
): Promise<void> => {
  const lines = async () => (await readFile(join(gateway.folder, 'events.jsonl'), 'utf8')).split('\n').slice(0, -1)
  using view = new AuditView(join(gateway.folder, 'hoop.db'))
  const ids: string[] = []
  for await (const { id } of view.sessions()) if (!ranNothing.has(id)) ids.push(id)
  const ended = async () =>
    (await lines()).map(parsed).flatMap((event) => (event.kind === 'session.ended' ? [event.session] : []))
  await expect.poll(async () => (await ended()).length, { timeout: 30_000 }).toBeGreaterThanOrEqual(ids.length)
  expect(new Set(await ended())).toEqual(new Set(ids))
  const byId = Map.groupBy((await lines()).map(parsed), ({ id }) => id)
  for (const [, same] of byId) for (const other of same) expect(other).toEqual(same[0])
  const told = [...byId.values()].filter(([event]) => event!.kind === 'statement.refused')
  expect(told.length).toBeGreaterThanOrEqual(refused)
}

test(
  `what was acknowledged before a SIGKILL is recorded and in the ledger, at ${rounds} random moments`,
  { timeout: 120_000 + 2 * longest },
  async () => {
    console.log(`HOOP_TEST_SEED=${seed}`)
    const random = randomFrom(seed)
    await using database = await freshDatabase()
    const limits = { rates: { tunnels: { per_person: 'off', per_address: 'off' } } }
    await using gateway = await startTestGateway({
      ...{ database: database.url, policies: { open: policy } },
      gateway: { limits, events: [{ name: 'lines', file: 'events.jsonl' }] },
    })
    const acknowledged: Acknowledged = { ran: [], refused: [] }
    const totals = { rounds: 0, ran: 0, refused: 0 }
    const until = performance.now() + longest
    for (let round = 0; round < rounds && performance.now() < until; round++) {
      await using casey = await person(gateway.idp, 'casey', gateway)
      const began = Promise.withResolvers<void>()
      const working = Array.from({ length: sessions }, (_, n) =>
        work(casey, `r${round}-${n}`, began.resolve, acknowledged),
      )
      await Promise.race([began.promise, Promise.all(working)])
      await sleep(random() * 400)
      await gateway.end('SIGKILL')
      await Promise.all(working)
      await gateway.restart()
      totals.rounds++
      if (totals.rounds % every === 0) {
        totals.ran += acknowledged.ran.length
        totals.refused += acknowledged.refused.length
        await look(gateway, acknowledged)
      }
    }
    totals.ran += acknowledged.ran.length
    totals.refused += acknowledged.refused.length
    await checkEvents(gateway, totals.refused, await look(gateway, acknowledged))
    console.log(JSON.stringify(totals))
    expect(totals.rounds).toBeGreaterThan(0)
    expect(totals.ran).toBeGreaterThan(0)
  },
)
