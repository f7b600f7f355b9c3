import type { SessionSummary } from '../../src/lib/api.js'

export const counters = { statements: 0, refused: 0, errors: 0, rows: 0, bytes: 0, masked: 0 }

/** A session of Ana's on vectordb that is still live. */
export const session = (id: string, over: Partial<SessionSummary> = {}): SessionSummary => ({
  id,
  subject: 'ana',
  name: 'ana@example.com',
  connection: 'vectordb',
  grantId: 'g1',
  startedAt: '2026-11-22T10:00:00.000Z',
  counters,
  policyHash: 'abc',
  seenClear: false,
  ...over,
})
