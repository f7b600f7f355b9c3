import { HoopError } from '../../../../lib/errors.js'
import type { AllowedStatement } from '../../../../policy/decision.js'
import type { Guess } from '../../../../sql/facts.js'
import type { Meter } from '../../../budgets/meter.js'
import { runBy, type NamedDecisions } from './by-name.js'
import { type Arguments, type BoundParameters, digest, keysOf, noParameters, searchKeys } from './given-keys.js'

/** What statements that are about to run would find out about masked values. */
export interface Asked {
  /** One for each vector that distances are from. */
  readonly queries: readonly string[]
  /** One for each guess; undefined where nobody can say how many there are. */
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

/** What is asked by statements, and by what they run by name. */
export const askedBy = (
  from: NamedDecisions,
  text: string,
  statements: readonly AllowedStatement[],
  bound: BoundParameters = noParameters,
): Asked => {
  const all = runs(from, statements, { text, bound })
  const guesses = all.flatMap(([{ guesses: each = [] }, given]) => each.map((guess) => keysOfGuess(guess, given)))
  return {
    queries: all.flatMap(([{ nearest = [] }, given]) => nearest.flatMap((search) => searchKeys(search, given))),
    guesses: guesses.includes(undefined) ? undefined : guesses.flatMap((each) => each ?? []),
    searches: all.some(([{ nearest }]) => nearest !== undefined),
  }
}

/** Why what is asked may not be: it would be more than a person may ask on one day. What may be is counted. */
export const questionsRefused = ({ queries, guesses, searches }: Asked, meter: Meter): HoopError | undefined => {
  if (searches && meter.neighborsLeft <= 0) return meter.asksTooMuch('neighbors')
  if (!guesses) return meter.bounds('guesses') ? uncounted() : undefined
  return meter.ask({ queries, guesses })
}

const uncounted = (): HoopError =>
  new HoopError('BUDGET_EXHAUSTED', 'how many guesses this is can’t be told', {
    hint: 'Compare the masked column with an array that is a literal, a parameter or ARRAY[…].',
  })
