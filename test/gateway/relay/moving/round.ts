import fc from 'fast-check'
import { changes, type Change } from './changes.js'
import type { Mode } from './mode.js'
import { modes } from './modes.js'
import { statements } from './reads.js'

/** What stands around a read in its session. */
export const settings = [
  'nothing',
  'nothing',
  'READ COMMITTED',
  'REPEATABLE READ',
  'SERIALIZABLE',
  'a savepoint',
  'a temporary table of one’s own',
  'a change of one’s own',
] as const

/** One read, and what somebody changes meanwhile. */
export interface Round {
  readonly mode: Mode
  /** Of the statement. */
  readonly statement: number
  readonly around: (typeof settings)[number]
  /** @see Instant.number: behind how many messages, at the earliest */
  readonly changes: readonly { readonly change: Change; readonly behind: number }[]
  /** Begin with a database as it was. */
  readonly anew: boolean
}

const change = fc.record({ change: fc.constantFrom(...changes), behind: fc.nat(28) })

/** Statements that a way of reading takes. */
const round: fc.Arbitrary<Round> = fc
  .record({
    mode: fc.constantFrom(...modes),
    statement: fc.nat(statements.length - 1),
    around: fc.constantFrom(...settings),
    changes: fc.array(change, { minLength: 1, maxLength: 3 }),
    anew: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  })
  .map((each) => {
    const reads = each.mode.reads === true && /^(INSERT|UPDATE|WITH)/.test(statements[each.statement]!)
    return { ...each, statement: reads ? each.statement % 20 : each.statement }
  })

export const rounds = (count: number): fc.Arbitrary<Round[]> => fc.array(round, { minLength: count, maxLength: count })

export const describeRound = ({ mode, statement, around, changes: all, anew }: Round): string =>
  [
    `${anew ? 'anew, ' : ''}${mode.name}, in ${around}: ${statements[statement]}`,
    ...all.map(({ change: { sql }, behind }) => `  behind message ${behind}: ${sql}`),
  ].join('\n')
