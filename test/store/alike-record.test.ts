import { addAct, sealedActsWithoutLeaf } from '../../src/store/acts.js'
import { erasableOf, eraseRows, leavesTelling, whoseSession } from '../../src/store/erasures.js'
import { addHold, countCovered, endHold, findHold, listHolds } from '../../src/store/holds.js'
import {
  adoptLedger,
  countBefore,
  lastLeaf,
  leafOfId,
  leavesBetween,
  leavesOfSession,
  noteLeaves,
  sessionsGone,
  sessionsToEnter,
} from '../../src/store/ledger-leaves.js'
import type { Store } from '../../src/store/open.js'
import { keptSessions, leavesOfSessions, noteRetired, unfinishedRemovals } from '../../src/store/removals.js'
import { personCalled } from '../../src/store/sessions/people.js'
import { allSessions, endedSessions } from '../../src/store/sessions/queries.js'
import { StoredSessionIndex } from '../../src/store/sessions/session-index.js'
import { counters, session } from './fixtures.js'
import { iso, now, olu, testAlike } from './alike.js'

const all = async <T>(rows: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = []
  for await (const row of rows) found.push(row)
  return found
}

/** Five sessions, of which one goes on. */
const fill = async (store: Store): Promise<void> => {
  const index = new StoredSessionIndex(store)
  const of = (id: string, hour: number, over = {}) =>
    session(id, {
      startedAt: iso(now + hour * 3_600_000),
      endedAt: iso(now + (hour + 1) * 3_600_000),
      end: 'closed',
      ...over,
    })
  const owner = { subject: 'ana', name: 'ana@example.com' }
  await Promise.all(
    [
      of('s1', 0),
      of('s2', 1, { subject: 'token:t1', name: 'nightly', owner }),
      of('s3', 2, { subject: 'ben', name: 'Ben' }),
      of('s4', 3),
      session('s5', { startedAt: iso(now + 4 * 3_600_000), counters: { ...counters, rows: 2 ** 40 } }),
    ].map((one) => index.started(one)),
  )
}

testAlike({
  'leaves of the ledger, and what is missing of them': async ({ db, ...store }) => {
    await fill({ db, ...store })
    await addAct(db, { act: 'hold.add', by: olu, target: 'h1' }, now)
    await adoptLedger(db, 'one')
    const leaves = [
      { leaf: 1, kind: 'session.start', target: 's1', time: now },
      { leaf: 2, kind: 'session.end', target: 's1', time: now + 1 },
      { leaf: 3, kind: 'session.end', target: 'gone', time: now + 2 },
      { leaf: 4, kind: 'act', target: '1', time: now + 3 },
      { leaf: 5, kind: 'retired', target: 's3', time: now + 4 },
    ]
    await noteLeaves(db, leaves)
    await noteLeaves(db, leaves)
    const found = [
      ...[await lastLeaf(db), await countBefore(db, 3n), await leavesBetween(db, 2, 5), await sessionsGone(db, 0)],
      ...[await sessionsToEnter(db, now), await leavesOfSession(db, 's1', 9), await leafOfId(db, 'h1', ['hold.add'])],
      ...[
        await sealedActsWithoutLeaf(db, 0, 9, 9),
        [...(await leavesOfSessions(db, ['s1', 's2']))],
        await leavesTelling(db, 's1'),
      ],
      ...[await unfinishedRemovals(db, []), await unfinishedRemovals(db, [{ session: 's3' }])],
    ]
    await adoptLedger(db, 'two')
    return [
      ...found,
      await lastLeaf(db),
      await db.selectFrom('former_ledger_leaves').selectAll().orderBy('leaf').execute(),
    ]
  },
  'holds, retention and erasing': async ({ db, ...store }) => {
    await fill({ db, ...store })
    const hold = { id: 'h1', by: olu, reason: 'a case', placedAt: iso(now), person: { subject: 'ana', name: 'Ana' } }
    await addHold(db, hold)
    await addHold(db, { ...hold, reason: 'another' })
    await addHold(db, { id: 'h2', by: olu, reason: 'b', placedAt: iso(now), until: iso(now + 3_600_000) })
    await endHold(db, 'h2', olu, 'over', now + 5)
    const holds = await listHolds(db)
    const kept = await keptSessions(db, { holds: [] }, 2)
    await noteRetired(db, ['s3'], now)
    await noteRetired(db, [], now)
    const erasable = await erasableOf(db, 'ana', [{ session: 's4' }])
    await eraseRows(db, ['s1'], now)
    return [
      ...[holds, await listHolds(db, true), await findHold(db, 'h2'), await countCovered(db, hold), kept, erasable],
      ...[
        await keptSessions(db, { holds, endedBefore: now + 10 ** 9 }, 10),
        await keptSessions(db, { holds: [], after: kept[0] }, 9),
      ],
      ...[await whoseSession(db, 's2'), await all(allSessions(db)), await all(endedSessions(db, now + 10 ** 9))],
      ...[await personCalled(db, 'BEN')],
    ]
  },
})
