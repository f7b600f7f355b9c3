import type { Limit, StatementFacts } from '../../sql/facts.js'
import { larger } from '../../sql/collect/limit.js'
import type { RuleConditions } from '../config/schema.js'
import { columnMeans, means, meansAny } from '../names.js'
import { hoursPhrase, within } from './clock.js'
import type { Conditions } from './condition.js'
import { fits } from './glob.js'

/** The limit on the rows of those relations that the rule is about; of the whole statement, where it names none. */
const limitOf = ({ reads, columns, reads_vectors: embeddings }: RuleConditions, facts: StatementFacts): Limit => {
  const { limit, limits, vectors } = facts
  if (embeddings) return vectors.limit
  const tables = reads ?? columns?.map((column) => column.slice(0, column.lastIndexOf('.')))
  if (!tables) return limit
  let most: Limit = 0
  for (const [name, each] of limits) if (tables.some((table) => means(table, name))) most = larger(most, each)
  return most
}

const list = (values: readonly string[]): string => values.join(', ')

/** What a rule may ask under `when`, in the order in which a rule's line says it. */
export const conditions: Conditions = {
  statement: {
    of: 'statement',
    check: (wanted, { kinds, details }) => wanted.some((kind) => kinds.includes(kind) || details.includes(kind)),
    phrase: list,
  },
  where: {
    of: 'statement',
    check: (wanted, { where }) => where === wanted,
    phrase: () => 'without a WHERE that picks rows',
  },
  concurrently: {
    of: 'statement',
    check: (_false, { concurrently }) => concurrently === 'missing',
    phrase: () => 'without CONCURRENTLY',
  },
  reads: {
    of: 'statement',
    check: (relations, { reads, below }) => meansAny(relations, reads) || meansAny(relations, below.reads),
    phrase: (relations) => `reading ${list(relations)}`,
  },
  writes: {
    of: 'statement',
    check: (relations, { writes, below }) => meansAny(relations, writes) || meansAny(relations, below.writes),
    phrase: (relations) => `writing ${list(relations)}`,
  },
  columns: {
    of: 'statement',
    check: (wanted, { columns }) => wanted.some((rule) => columns.some((found) => columnMeans(rule, found))),
    phrase: (columns) => `using ${list(columns)}`,
  },
  reads_vectors: {
    of: 'statement',
    check: (_true, { vectors }) => vectors.read,
    phrase: () => 'reading embeddings',
  },
  writes_vectors: {
    of: 'statement',
    check: (_true, { vectors }) => vectors.written,
    phrase: () => 'writing embeddings',
  },
  functions: {
    of: 'statement',
    check: (wanted, { functions }) => meansAny(wanted, functions),
    phrase: (functions) => `calling ${list(functions)}`,
  },
  limit: {
    of: 'statement',
    check: (_missing, facts, when) => limitOf(when, facts) === 'all',
    phrase: () => 'without LIMIT',
  },
  limit_over: {
    of: 'statement',
    // A limit that can't be read off may be any.
    check: (most, facts, when) => {
      const limit = limitOf(when, facts)
      return typeof limit !== 'number' || limit > most
    },
    phrase: (rows) => `without LIMIT up to ${rows}`,
  },
  rows_over: {
    of: 'rows',
    // A number of rows that isn't known may be any.
    check: (most, estimate) => 'unknown' in estimate || estimate.rows > most,
    phrase: (rows) => `of more than about ${rows} rows`,
  },
  application: {
    of: 'circumstances',
    check: (patterns, { application = '' }) => patterns.some((pattern) => fits(pattern, application)),
    phrase: (patterns) => `from ${list(patterns)}`,
  },
  groups: {
    of: 'circumstances',
    check: (wanted, { groups }) => wanted.some((group) => groups.includes(group)),
    phrase: (groups) => `by ${list(groups)}`,
  },
  not_groups: {
    of: 'circumstances',
    check: (exempt, { groups }) => !exempt.some((group) => groups.includes(group)),
    phrase: (groups) => `by anybody but ${list(groups)}`,
  },
  program: {
    of: 'circumstances',
    check: (wanted, { program }) => program === wanted,
    phrase: (program) => (program ? 'by programs' : 'by people'),
  },
  time: {
    of: 'circumstances',
    check: (hours, { now }) => within(hours, now),
    phrase: (hours) => `during ${hoursPhrase(hours)}`,
  },
  outside: {
    of: 'circumstances',
    check: (hours, { now }) => !within(hours, now),
    phrase: (hours) => `outside of ${hoursPhrase(hours)}`,
  },
}
