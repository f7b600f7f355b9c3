import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { ApprovalRecords } from '../../src/store/approvals/approvals.js'
import { listSessions } from '../../src/store/sessions/queries.js'
import { kinds, newSpace } from './kinds.js'
import { olderStore } from './older.js'

test.for(kinds)(
  'in %s sessions and requests from before there were service tokens stay as they are, and are nobody’s token’s',
  async (kind) => {
    await using space = await newSpace(kind)
    const db = await olderStore(space.place, '013-service-tokens')
    await sql`insert into sessions (id, subject, name, connection, grant_id, started_at, statements, refused, errors, rows, bytes,
    masked, observed, policy_hash, seen_clear) values ('s1', 'ada', 'Ada', 'db', 'g', 1, 0, 0, 0, 0, 0, 0, 0, 'h', 0)`.execute(
      db,
    )
    await sql`insert into approvals (id, key, subject, name, connection, database, session, policy_hash, rule, groups, needed, mode,
    state, text, parameters, life, created_at, expires_at) values ('a1', 'k', 'ada', 'Ada', 'db', 'd', 's1', 'h', 'r', '["g"]', 1,
    'retry', 'open', 'SELECT 1', '[]', 1000, 1, ${Date.now() + 60_000})`.execute(db)
    await db.destroy()
    await using store = await space.open()
    const { sessions } = await listSessions(store.db, { person: 'Ada' }, 9)
    expect(sessions).toMatchObject([{ id: 's1', subject: 'ada' }])
    expect(sessions[0]).not.toHaveProperty('owner')
    const records = new ApprovalRecords(store.db)
    expect(await records.find('a1')).not.toHaveProperty('owner')
    expect(await records.waiting('ada', Date.now())).toBe(0)
  },
)
