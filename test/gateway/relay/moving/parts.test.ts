import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { WitnessPart } from '../../../../src/sql/witness/text.js'
import { errorsIn, send, type Message, type WireClient } from '../wire-client.js'
import { canariesIn } from './canaries.js'
import { byPart, byPiece, type Scenario } from './scenarios.js'
import { Witnessed, withoutPart, withoutPiece, type Piece, type Without } from './without.js'
import { openWorld, type World } from './world.js'

const witnessed = new Witnessed()
let world: World

beforeAll(async () => {
  world = await openWorld(witnessed.through)
})
afterAll(() => world[Symbol.asyncDispose]())

const executed = (sql: string) => [send.parse(sql), send.bind(), send.execute()]

/** The server says at a Sync only that a setting has changed: what comes before is out by then. */
const inOnePipeline = async (client: WireClient, behind: string, reads: string): Promise<Message[]> => {
  client.write(...executed(behind), ...executed(reads), send.flush())
  await vi.waitFor(
    () => expect(client.messages.filter(({ type }) => type === 'C' || type === 'E').length).toBe(2),
    20_000,
  )
  return [...client.messages.splice(0), ...(await client.ask(send.sync()))]
}

/** What the session got, and whether a value or an effect shows that it should not have run. */
const broken = async (scenario: Scenario, without: Without | undefined): Promise<{ broken: boolean; said: string }> => {
  const { before, opens = [], change, reads, behind, passed } = scenario
  await world.restore()
  if (before !== undefined) await world.dba.query(before)
  await world.guard.refresh()
  world.between.rewrite = without?.rewrite
  // What the gateway sees by itself, the witness need not.
  witnessed.looks = !opens.some((text) => text.startsWith('BEGIN ISOLATION'))
  await witnessed.expect(world.dba, without?.expects)
  const client = await world.login()
  const all: Message[] = []
  for (const text of opens) all.push(...(await client.ask(send.query(text))))
  expect(errorsIn(all)).toEqual([])
  if (change !== undefined) await world.dba.query(change)
  if (behind === undefined) all.push(...(await client.ask(send.query(reads))))
  else all.push(...(await inOnePipeline(client, behind, reads)))
  if (!client.closed) await client.ask(send.query('COMMIT'))
  await client.end()
  const values = canariesIn(Buffer.concat(all.map(({ body }) => body)))
  const effects =
    passed === undefined ? false : Object.values((await world.dba.query<object>(passed)).rows[0]!)[0] === true
  return { broken: values.length > 0 || effects, said: JSON.stringify(errorsIn(all)) }
}

const holds = async (scenario: Scenario, without: Without): Promise<void> => {
  const held = await broken(scenario, undefined)
  expect(held.broken, held.said).toBe(false)
  const off = await broken(scenario, without)
  expect(off.broken, off.said).toBe(true)
}

const parts = Object.entries(byPart) as [WitnessPart, Scenario][]
const pieces = Object.entries(byPiece) as [Piece, Scenario][]

describe('without it something comes out, or a rule is passed, that does not with it', () => {
  test.for(parts)('%s', ([part, scenario]) => holds(scenario, withoutPart(part)))

  test.for(pieces)('%s', ([piece, scenario]) => holds(scenario, withoutPiece[piece]()))

  test('the witness', async () => {
    witnessed.off = true
    try {
      const { broken: off, said } = await broken(byPart.whole, undefined)
      expect(off, said).toBe(true)
    } finally {
      witnessed.off = false
    }
  })
})
