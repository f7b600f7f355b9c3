import { expect, test } from 'vitest'
import type { ApprovalRecord } from '../../../src/store/approvals/rows.js'
import { seed } from '../../helpers/suite/seed.js'
import { Races } from './races.js'
import { decideAtRandom, race } from './racing.js'
import { approvalStage, type Stage } from './stage.js'

const rounds = Number(process.env['HOOP_TEST_FUZZ'] ?? 100)

const allRecords = async ({ approvals }: Stage): Promise<ApprovalRecord[]> => {
  const found: ApprovalRecord[] = []
  for (;;) {
    const next = await approvals.records.list({}, 500, found.at(-1)?.id)
    if (next.length === 0) return found
    found.push(...next)
  }
}

test(
  `in ${rounds} rounds of approvals, denials, expiries, cancels and disconnects that race, each answer is to its question, and nothing runs twice or unapproved`,
  { timeout: 60_000 + rounds * 150 },
  async () => {
    await using stage = await approvalStage()
    const races = new Races(seed, rounds)
    const over = new AbortController()
    const deciding = decideAtRandom(stage, races, over.signal)
    try {
      await Promise.all(Array.from({ length: 8 }, () => race(stage, races)))
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : ''}`, { cause: error })
    } finally {
      over.abort()
      await deciding
    }
    await stage.relay.registry.idle()
    expect(races.failures).toEqual([])
    const records = await allRecords(stage)
    expect(races.faults(await stage.effects(), records), `seed ${seed}`).toEqual([])
    const { unknown, ...certain } = races.outcomes
    // In a hundred rounds it happens that nobody leaves in the middle.
    const counts = rounds < 1000 ? Object.values(certain) : [unknown, ...Object.values(certain)]
    expect(Math.min(...counts)).toBeGreaterThan(0)
    const states = new Set(records.map(({ state }) => state))
    for (const state of ['used', 'denied', 'expired', 'withdrawn'] as const) expect(states).toContain(state)
    console.log(JSON.stringify({ rounds, seed, ...races.outcomes, requests: records.length }))
  },
)
