import type { StatementFacts } from './facts.js'

/** Statements that end transactions in their midst, or may be run in none that has begun. */
const kinds: ReadonlySet<string> = new Set(['vacuum', 'cluster', 'reindex', 'call', 'do'])

const details: ReadonlySet<string> = new Set([
  ...['create database', 'drop database', 'alter database', 'create tablespace', 'drop tablespace', 'alter system'],
  ...['create subscription', 'alter subscription', 'drop subscription', 'discard all'],
])

/**
 * Whether the server may refuse to run it behind anything else in its pipeline.
 * @see PostgreSQL's PreventInTransactionBlock
 */
export const runsAlone = ({ kind, details: said, concurrently }: StatementFacts): boolean =>
  kinds.has(kind) || concurrently === 'present' || said.some((each) => details.has(each))
