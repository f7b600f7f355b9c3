import { HoopError } from '../../../../lib/errors.js'
import type { AllowedStatement } from '../../../../policy/decision.js'
import type { Guess } from '../../../../sql/facts.js'
import type { Meter } from '../../../budgets/meter.js'
import { runBy, type NamedDecisions } from './by-name.js'
import { type Arguments, digest, keysOf, searchKeys } from './given-keys.js'

/** What statements that are about to run would find out about masked values. */
export interface Asked {
  /** One for each vector that distances are from; undefined where nobody can say how many there are. */
  readonly queries: readonly string[] | undefined
  /** One for each guess; undefined likewise. */
  readonly guesses: readonly string[] | undefined
  /** Whether rows come out, or in an order, by distances. */
  readonly searches: boolean
}

/** Combinations that are counted one by one: lists of lists could have any number. */
const MAX_KEYS = 100_000

/** One for each combination of what may stand in the places of its values. */
const keysOfGuess = ({ columns, values, count = 1 }: Guess, from: Arguments): readonly string[] | undefined => {
  let keys: readonly string[] = [digest('guess', ...columns)]
  for (const value of values) {
    const each = keysOf(value, from)
    if (!each || keys.length * each.length > MAX_KEYS) return undefined
    keys = keys.flatMap((key) => each.map((one) => digest(key, one)))
  }
  return count === 1 ? keys : keys.flatMap((key) => Array.from({ length: count }, (_, number) => `${key} ${number}`))
}

/** A statement as it runs, with what its parameters are. */
type Run = readonly [statement: AllowedStatement, from: Arguments]

/** A PREPARE asks for nothing: what it gives a name to does, when it runs. */
const runs = (from: NamedDecisions, statements: readonly AllowedStatement[], given: Arguments): readonly Run[] =>
  statements.flatMap((statement): readonly Run[] => {
    const own: readonly Run[] = statement.kind === 'prepare' ? [] : [[statement, given]]
    if (!statement.runs && !statement.kinds.includes('execute')) return own
    const { arguments: passed = [] } = statement
    const inside: Arguments = passed.length > 0 ? { ...given, given: passed } : given
    return [...own, ...runBy(from, statement).map((each): Run => [each, inside])]
  })

/** All keys, unless some of them can't be told. */
const allOf = (keys: readonly (readonly string[] | undefined)[]): readonly string[] | undefined =>
  keys.includes(undefined) ? undefined : keys.flatMap((each) => each ?? [])

/** What is asked by statements, and by what they run by name. */
export const askedBy = (from: NamedDecisions, statements: readonly AllowedStatement[], given: Arguments): Asked => {
  const all = runs(from, statements, given)
  const guesses = all.flatMap(([{ guesses: each = [] }, given]) => each.map((guess) => keysOfGuess(guess, given)))
  const queries = all.flatMap(([{ nearest = [] }, given]) => nearest.map((search) => searchKeys(search, given)))
  return {
    queries: allOf(queries),
    guesses: allOf(guesses),
    searches: all.some(([{ nearest }]) => nearest !== undefined),
  }
}

/** Why what is asked may not be: it would be more than a person may ask on one day. What may be is counted. */
export const questionsRefused = ({ queries, guesses, searches }: Asked, meter: Meter): HoopError | undefined => {
  if (searches && meter.neighborsLeft <= 0) return meter.asksTooMuch('neighbors')
  const uncounted = (!guesses && meter.bounds('guesses')) || (!queries && meter.bounds('queries'))
  return uncounted
    ? unknownNumber(queries ? 'guesses' : 'vectors')
    : meter.ask({ queries: queries ?? [], guesses: guesses ?? [] })
}

const unknownNumber = (what: 'guesses' | 'vectors'): HoopError =>
  new HoopError('BUDGET_EXHAUSTED', `how many ${what} this is can’t be told`, {
    hint: 'Compare the masked column with an array that is a literal, a parameter or ARRAY[…]; with ON CONFLICT use VALUES, or name a column that isn’t masked.',
  })
