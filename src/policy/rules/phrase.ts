import type { Hours } from '../config/policy/hours.js'
import type { RuleConditions, RuleConfig } from '../config/schema.js'

type Conditions = { [K in keyof RuleConditions]-?: NonNullable<RuleConditions[K]> }

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

const hoursOf = ({ days, from, to, zone }: Hours): string =>
  `${days ? `${days.join(', ')} ` : ''}${clock(from)} to ${clock(to)} ${zone}`

const list = (values: readonly string[]): string => values.join(', ')

/** One phrase per condition, in the order in which they are read. */
const phrases: { [K in keyof Conditions]: (value: Conditions[K]) => string } = {
  statement: list,
  where: () => 'without a WHERE that picks rows',
  concurrently: () => 'without CONCURRENTLY',
  reads: (relations) => `reading ${list(relations)}`,
  writes: (relations) => `writing ${list(relations)}`,
  columns: (columns) => `using ${list(columns)}`,
  reads_vectors: () => 'reading embeddings',
  writes_vectors: () => 'writing embeddings',
  functions: (functions) => `calling ${list(functions)}`,
  limit: () => 'without LIMIT',
  limit_over: (rows) => `without LIMIT up to ${rows}`,
  rows_over: (rows) => `of more than about ${rows} rows`,
  application: (patterns) => `from ${list(patterns)}`,
  groups: (groups) => `by ${list(groups)}`,
  not_groups: (groups) => `by anybody but ${list(groups)}`,
  program: (program) => (program ? 'by programs' : 'by people'),
  time: (hours) => `during ${hoursOf(hours)}`,
  outside: (hours) => `outside of ${hoursOf(hours)}`,
}

/** A rule's conditions as people read them: `update without a WHERE that picks rows, by anybody but dba`. */
export const conditionsPhrase = (when: RuleConditions): string => {
  const one = <K extends keyof Conditions>(key: K): string[] => {
    const value = when[key] as Conditions[K] | undefined
    return value === undefined ? [] : [phrases[key](value)]
  }
  return (Object.keys(phrases) as (keyof Conditions)[]).flatMap((key) => one(key)).join(' ')
}

/** A line for people: name, what is done, when. */
export const rulePhrase = ({ name, when, do: verdict, approvers }: RuleConfig): string => {
  const by = approvers ? ` (by ${approvers.count > 1 ? `${approvers.count} of ` : ''}${list(approvers.groups)})` : ''
  return `${name}: ${verdict}${by} ${conditionsPhrase(when)}`
}
