import type { RecordedStatement } from '../../src/lib/api/statements.js'

/** A statement as the index of statements has it. */
export const recorded = (more: Partial<RecordedStatement> = {}): RecordedStatement => ({
  ...{ session: '1kz0m', n: 1, at: '2026-11-25T12:00:00.000Z', subject: 'mika', name: 'mika', connection: 'vectordb' },
  ...{ text: 'SELECT 1', kinds: ['select'], reads: [], writes: [], columns: [], rows: 0, bytes: 0, vectors: 0 },
  ...{ masked: 0, seenClear: false, verdict: 'ran' },
  ...more,
})
