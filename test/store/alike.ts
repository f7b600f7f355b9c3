import { expect, test } from 'vitest'
import type { Store } from '../../src/store/open.js'
import { kinds, newStore } from './kinds.js'

/** What is asked of a store, and all that it has answered. */
export type Scenarios = Readonly<Record<string, (store: Store) => Promise<readonly unknown[]>>>

/** Tests that both kinds of store give the same. */
export const testAlike = (scenarios: Scenarios): void =>
  void test.for(Object.entries(scenarios))('both kinds of store give the same: %s', async ([, scenario]) => {
    const [inFile, onServer] = await Promise.all(
      kinds.map(async (kind) => {
        await using store = await newStore(kind)
        return await scenario(store)
      }),
    )
    expect(onServer).toEqual(inFile)
  })

export const olu = { subject: 'olu', name: 'Olu@acme.example' }
export const now = Date.parse('2026-11-25T12:00:00Z')
export const iso = (ms: number): string => new Date(ms).toISOString()
