import type { Approval } from '../../../src/lib/api/approvals.js'

/** A request as the API tells of it. */
export const approval = (id: string, more: Partial<Approval> = {}): Approval => ({
  ...{ id, state: 'open', mode: 'wait', subject: 'casey', name: 'casey@example.com', connection: 'vectordb' },
  ...{ database: 'vectors', session: '1s', policyHash: 'ab', rule: 'bulk-read', groups: ['security'], needed: 1 },
  ...{ text: 'select * from documents', parameters: [], votes: [], mayDecide: true, reason: 'ticket 42' },
  ...{ createdAt: '2026-11-25T12:00:00.000Z', expiresAt: '2026-11-25T12:15:00.000Z' },
  ...more,
})
