import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { statementHash } from '../../src/gateway/approvals/binding.js'
import { ApprovalRecords } from '../../src/store/approvals/approvals.js'
import { StandingRecords } from '../../src/store/approvals/standing.js'
import { kinds, newSpace } from './kinds.js'
import { olderStore } from './older.js'

test.for(kinds)(
  'in %s what was approved before user and role were kept ends with the upgrade; access for a while goes on',
  async (kind) => {
    await using space = await newSpace(kind)
    const db = await olderStore(space.place, '027-meaning')
    const later = Date.now() + 60_000
    const hash = statementHash('SELECT 1', { user: 'app' })
    for (const [id, state, policy] of [
      ['open', 'open', null],
      ['given', 'approved', null],
      ['used', 'used', null],
      ['access', 'approved', 'research'],
    ] as const)
      await sql`insert into approvals (id, key, subject, name, connection, database, session, policy_hash, rule, groups, needed, mode,
      state, text, parameters, life, created_at, expires_at, policy) values (${id}, ${id}, 'ada', 'Ada', 'db', 'd', 's1', 'h', 'r',
      '["g"]', 1, 'retry', ${state}, 'SELECT 1', '[]', 1000, 1, ${later}, ${policy})`.execute(db)
    await sql`insert into standing_approvals (id, subject, name, connection, database, text, text_hash, by_subject, by_name, by_groups,
    reason, created_at, expires_at) values ('s1', 'ada', 'Ada', 'db', 'd', 'SELECT 1', ${hash}, 'dana', 'Dana', '["g"]',
    'backfill', 1, ${later})`.execute(db)
    await db.destroy()
    await using store = await space.open()
    const records = new ApprovalRecords(store.db)
    const states = await Promise.all(
      ['open', 'given', 'used', 'access'].map(async (id) => (await records.find(id)).state),
    )
    expect(states).toEqual(['withdrawn', 'withdrawn', 'used', 'approved'])
    expect(await records.ready('given', Date.now())).toBe(false)
    const standing = new StandingRecords(store.db)
    const where = { subject: 'ada', connection: 'db', database: 'd' }
    expect(await standing.covering(where, hash, Date.now())).toEqual([])
    expect(await standing.find('s1')).toMatchObject({ revokedBy: 'hoop:system' })
    // Nor would it count if it were in force: nobody knows what for.
    await sql`update standing_approvals set revoked_at = null`.execute(store.db)
    expect(await standing.covering(where, hash, Date.now())).toEqual([])
  },
)
