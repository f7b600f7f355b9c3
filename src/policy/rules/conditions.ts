import type { Limit, StatementFacts } from '../../sql/facts.js'
import type { RuleConditions } from '../config/schema.js'
import { larger } from '../../sql/limit.js'
import { columnMeans, means, meansAny } from '../names.js'

type Check = (when: RuleConditions, facts: StatementFacts) => boolean

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

/** Conditions that go by the statement alone. */
const checks: Readonly<Record<string, Check>> = {
  statement: ({ statement = [] }, { kinds, details }) =>
    statement.some((kind) => kinds.includes(kind) || details.includes(kind)),
  reads: ({ reads = [] }, facts) => meansAny(reads, facts.reads) || meansAny(reads, facts.below.reads),
  writes: ({ writes = [] }, facts) => meansAny(writes, facts.writes) || meansAny(writes, facts.below.writes),
  functions: ({ functions = [] }, facts) => meansAny(functions, facts.functions),
  columns: ({ columns = [] }, facts) => columns.some((rule) => facts.columns.some((found) => columnMeans(rule, found))),
  where: ({ where }, facts) => facts.where === where,
  limit: (when, facts) => limitOf(when, facts) === 'all',
  // A limit that can't be read off may be any.
  limit_over: (when, facts) => {
    const limit = limitOf(when, facts)
    return typeof limit !== 'number' || limit > (when.limit_over ?? 0)
  },
  // How many they are is asked later.
  rows_over: (_when, { rows }) => rows !== undefined,
  concurrently: (_when, { concurrently }) => concurrently === 'missing',
  reads_vectors: (_when, { vectors }) => vectors.read,
  writes_vectors: (_when, { vectors }) => vectors.written,
}

/** SQL that is put together at run time may do anything, so every rule applies to it. */
const DYNAMIC = 'dynamic'

/** Whether every condition of a rule that goes by the statement holds for one. */
export const holds = (when: RuleConditions, facts: StatementFacts): boolean =>
  facts.kinds.includes(DYNAMIC) ||
  Object.entries(checks).every(([key, check]) => when[key as keyof RuleConditions] === undefined || check(when, facts))
