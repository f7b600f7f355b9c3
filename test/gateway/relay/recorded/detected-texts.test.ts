import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { Journal } from '../../../../src/gateway/relay/journal.js'
import { Blanking } from '../../../../src/gateway/relay/rows/blanking.js'
import { captureLimits } from '../../../../src/gateway/relay/rows/capture.js'
import { policySection } from '../../../../src/policy/config/sections/policy.js'
import { Scans } from '../../../../src/policy/masks/scans.js'
import type { SessionEvent } from '../../../../src/recording/events.js'
import { freshDatabase, type FreshDatabase } from '../../../helpers/database.js'
import { guardOf } from '../policy.js'
import { relayServer } from '../relay-server.js'
import { send, WireClient } from '../wire-client.js'

const ssn = '219-45-9876'
const key = Buffer.alloc(32, 7)
const detect = { masks: [{ detect: ['us_ssn'], with: 'redact' }] }
const rules = [
  { name: 'ask', when: { statement: ['delete'] }, do: 'approve', approvers: { groups: ['leads'] } },
  { name: 'no', when: { statement: ['truncate'] }, do: 'block' },
]

let database: FreshDatabase

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'))
  const admin = await database.client()
  await admin.query(`CREATE TABLE people (id int, note text); INSERT INTO people VALUES (1, 'is ${ssn}')`)
})
afterAll(() => database[Symbol.asyncDispose]())

/** What is sent, and the events in which the number stands where nothing is detected. */
const ways = [
  ['a text', [send.query(`SELECT 1 WHERE '${ssn}' = 'x'`)], 'statement', { detected: { us_ssn: 1 } }],
  [
    'a parameter in text',
    [send.parse('SELECT length($1)'), send.bind([Buffer.from(ssn)]), send.execute(), send.sync()],
    ...(['statement', { detectedParameters: { us_ssn: 1 }, parameters: ['[us_ssn]'] }] as const),
  ],
  [
    'a parameter in binary',
    [send.parse('SELECT length($1)'), send.bind([Buffer.from(ssn)], { formats: [1] }), send.execute(), send.sync()],
    ...([
      'statement',
      { detectedParameters: { us_ssn: 1 }, parameters: [{ hex: Buffer.from('[us_ssn]').toString('hex') }] },
    ] as const),
  ],
  ['a row', [send.query('SELECT note FROM people')], 'result', { detected: { us_ssn: 1 } }],
  ['COPY out', [send.query('COPY people TO STDOUT')], 'result', { detected: { us_ssn: 1 } }],
  [
    'an error',
    [send.query('SELECT note::int FROM people')],
    'result',
    { message: expect.stringContaining('[us_ssn]') as string },
  ],
  [
    'a notice',
    [send.query("DO $$ BEGIN RAISE NOTICE '%', '219-45' || '-9876'; END $$")],
    ...(['notice', { message: expect.stringContaining('[us_ssn]') as string }] as const),
  ],
  [
    'a request for approval',
    [send.query(`DELETE FROM people WHERE note = '${ssn}'`)],
    'approval',
    { detected: { us_ssn: 1 } },
  ],
  ['a refusal', [send.query(`TRUNCATE people /* ${ssn} */`)], 'refusal', { detected: { us_ssn: 1 } }],
] as const

/** Everything as it can be read: hex and base64 undone as well. */
const readable = (events: readonly SessionEvent[]): string =>
  JSON.stringify(events, (name, value: unknown) =>
    (name === 'copySeen' || name === 'hex') && typeof value === 'string'
      ? Buffer.from(value, name === 'hex' ? 'hex' : 'base64').toString()
      : value,
  )

describe.for([true, false])('where detectors look: %s', (on) => {
  test.for(ways)('%s', async ([, messages, type, said]) => {
    const guard = await guardOf(database.url, { ...(on ? detect : {}), rules })
    await using server = await relayServer({ url: database.url, guard, retry: true })
    const client = await WireClient.login(server.port)
    await client.ask(...messages)
    await client.end()
    const events = await server.recording()
    const found = events.filter((event) => event.type === type)
    expect(found.length).toBeGreaterThan(0)
    if (on) {
      expect(readable(events)).not.toContain(ssn)
      expect(found[0]).toMatchObject(said)
    } else {
      expect(readable(found)).toContain(ssn)
      expect(JSON.stringify(events)).not.toContain('detected')
    }
  })
})

describe('without a server', () => {
  const blanking = new Blanking({ scans: new Scans(policySection.parse(detect)), maskKey: key })

  test('what a cut goes through is found, and what is found shows in no part', () => {
    for (const [limit, text] of [
      [captureLimits.value, (before: number) => `${'x'.repeat(before - 1)} ${ssn} ${'y'.repeat(9000)}`],
      [captureLimits.value, (before: number) => `${`${ssn} `.repeat(500)}${'y'.repeat(before % 40)} ${ssn.repeat(1)}z`],
    ] as const)
      for (let before = limit - 15; before <= limit + 3; before++) {
        const value = text(before)
        expect(blanking.text(value, limit, {})).not.toContain('219-4')
        const found = {}
        const bound = { parameters: [Buffer.from(value)], parameterFormats: [] }
        const [kept] = blanking.parameters(bound, found) as [{ cut: string; bytes: number }]
        expect(kept.cut).not.toContain('219-4')
        expect(kept.bytes).toBe(value.length)
        expect(found).toMatchObject({ us_ssn: expect.any(Number) as number })
      }
  })

  test('a text whose value would go as a whole keeps all but what was found', () => {
    const scans = new Scans(policySection.parse({ masks: [{ detect: ['us_ssn'], with: 'null' }] }))
    expect(scans.ofRecorded(`SELECT '${ssn}'`, key)).toEqual({ text: "SELECT '[us_ssn]'", detected: { us_ssn: 1 } })
  })

  test('people’s reasons are looked through too, and the statement itself stays what it is', () => {
    const events: SessionEvent[] = []
    const recorder = {
      id: 'x',
      origin: 0,
      record: (event: SessionEvent) => events.push(event),
      commit: () => undefined,
    }
    const journal = new Journal({ ...recorder, close: () => undefined }, undefined, undefined, blanking)
    journal.approval({
      ...{ id: 'a', outcome: 'denied', rule: 'ask', reason: `for ${ssn}` },
      by: [{ subject: 'bob', name: 'Bob', reason: `not ${ssn}` }],
    })
    const statement = journal.statement('simple', `SELECT '${ssn}'`)
    journal.result({ ...statement, ran: `SELECT '${ssn}' -- ran` }, { tag: 'SELECT 1', rows: 1, bytes: 1, masked: 0 })
    expect(statement.text).toBe(`SELECT '${ssn}'`)
    expect(events).toHaveLength(3)
    expect(JSON.stringify(events)).not.toContain(ssn)
    expect(events[0]).toMatchObject({
      reason: 'for [us_ssn]',
      by: [{ reason: 'not [us_ssn]' }],
      detected: { us_ssn: 2 },
    })
  })
})
