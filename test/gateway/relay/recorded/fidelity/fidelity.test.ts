import { afterAll, beforeAll, expect, test } from 'vitest'
import { csv } from '../../../../../src/cli/export/csv.js'
import { formats } from '../../../../../src/cli/export/format.js'
import { Transcript } from '../../../../../src/cli/replay/transcript.js'
import type { ResultEvent, SessionEvent } from '../../../../../src/lib/api/session-events.js'
import { recordings } from '../../../../../src/policy/config/policy/recordings.js'
import type { Guard } from '../../../../../src/policy/decision.js'
import { freshDatabase, type FreshDatabase } from '../../../../helpers/database.js'
import { guardOf } from '../../policy.js'
import { relayServer } from '../../relay-server.js'
import { clients, type Use } from './clients.js'
import { differences, missingIn, screen } from './compare.js'
import { policy, schema } from './statements.js'
import { type Received, tap } from './tap.js'

let database: FreshDatabase
let guard: Guard

beforeAll(async () => {
  database = await freshDatabase()
  const owner = await database.client()
  await owner.query(schema)
  guard = await guardOf(database.url, policy)
})
afterAll(() => database[Symbol.asyncDispose]())

async function* each(events: readonly SessionEvent[]): AsyncGenerator<SessionEvent> {
  yield* events
}

/** As `hoop sessions export --format jsonl` writes it, read again. */
const exported = async (events: readonly SessionEvent[]): Promise<SessionEvent[]> => {
  const lines: string[] = []
  for await (const line of formats.jsonl(each(events))) lines.push(line)
  return lines.map((line) => JSON.parse(line) as SessionEvent)
}

const replayed = (events: readonly SessionEvent[]): string => {
  const transcript = new Transcript(screen, { rows: 1000 })
  return events.map((event) => transcript.write(event)).join('')
}

interface Session {
  readonly received: readonly Received[]
  readonly events: readonly SessionEvent[]
}

/** What a client got over each of its connections, and what is recorded of each. */
const used = async (use: Use): Promise<{ readonly printed: string; readonly sessions: readonly Session[] }> => {
  const kept = recordings.parse({ rows: 'full' })
  await using server = await relayServer({ url: database.url, guard, recordings: kept })
  await using between = await tap(server.port)
  const printed = (await use(between.port)) ?? ''
  const sessions: Session[] = []
  const answered = between.connections.filter(({ hasBegun }) => hasBegun)
  for (const [index, { results }] of answered.entries())
    sessions.push({ received: results, events: await exported(await server.recording(index)) })
  return { printed, sessions }
}

const rowsIn = (sessions: readonly Session[]): number =>
  sessions.reduce((sum, { received }) => sum + received.reduce((rows, result) => rows + result.rows.length, 0), 0)

const copiedIn = (sessions: readonly Session[]): boolean =>
  sessions.some(({ received }) => received.some(({ copy }) => copy !== undefined))

test.for(clients.map((each) => [each.client, each] as const))('%s', async ([, { use, isHere, prints }], { skip }) => {
  skip(!isHere, 'it is not installed here')
  const { printed, sessions } = await used(use)
  expect(rowsIn(sessions) > 0 || copiedIn(sessions)).toBe(true)
  for (const { received, events } of sessions) {
    expect(differences(received, events)).toEqual([])
    expect(missingIn(replayed(events), received, events)).toEqual([])
    expect(JSON.stringify(events)).not.toContain('canary')
    if (prints) expect(printed).toBe(await csvOf(events))
  }
})

/** All results with rows, as `--format csv` writes one after the other; but that it tells an empty text from NULL, which psql doesn't. */
const csvOf = async (events: readonly SessionEvent[]): Promise<string> => {
  let text = ''
  for (const event of events)
    if (event.type === 'result' && event.columns?.length)
      for await (const part of csv(each([event]), { note: () => undefined })) text += part
  return text.replaceAll(/(^|,)""(?=,|$)/gm, '$1')
}

/** One value of a result, changed as it must not be. */
const alterations: Readonly<Record<string, (result: ResultEvent) => ResultEvent>> = {
  'a value': (result) => ({ ...result, rowsSeen: result.rowsSeen!.with(0, result.rowsSeen![0]!.with(1, 'x')) }),
  'NULL for nothing': (result) => ({
    ...result,
    rowsSeen: result.rowsSeen!.with(
      1,
      result.rowsSeen![1]!.map((value) => value ?? ''),
    ),
  }),
  'a row less': (result) => ({ ...result, rowsSeen: result.rowsSeen!.slice(1) }),
  'rows in another order': (result) => ({ ...result, rowsSeen: result.rowsSeen!.toReversed() }),
  'a column’s name': (result) => ({
    ...result,
    columns: result.columns!.with(0, { ...result.columns![0]!, name: 'x' }),
  }),
  'a tag': (result) => ({ ...result, tag: 'SELECT 4' }),
}

test('a recording that differs in anything from what came is told from it', async () => {
  const whole = clients.find(({ client }) => client === 'node-postgres, simple')!
  const { sessions } = await used(whole.use)
  const [{ received, events } = { received: [], events: [] }] = sessions
  const first = events.findIndex(({ type }) => type === 'result')
  for (const [what, alter] of Object.entries(alterations)) {
    const altered = events.with(first, alter(events[first] as ResultEvent))
    expect(differences(received, altered), what).toHaveLength(1)
  }
  expect(differences(received, events.toSpliced(first, 1)).length).toBeGreaterThan(0)
  const replay = replayed(events).replaceAll('***@***.invalid', '***@***.invali')
  expect(missingIn(replay, received, events).length).toBeGreaterThan(0)
})
