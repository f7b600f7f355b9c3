import { pino } from 'pino'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { Accesses } from '../../../src/gateway/access/accesses.js'
import { Asking } from '../../../src/gateway/access/asking.js'
import { auditLog, type WriteAudit } from '../../../src/gateway/access/audit-log.js'
import type { AccessView } from '../../../src/gateway/access/view.js'
import { Approvals } from '../../../src/gateway/approvals/approvals.js'
import { holdingsOf } from '../../../src/gateway/server/start/identity/holdings.js'
import type { SessionName } from '../../../src/gateway/session/registry.js'
import { DenyList } from '../../../src/identity/deny-list.js'
import type { AdministratorAct } from '../../../src/lib/api/acts.js'
import { HoopError } from '../../../src/lib/errors.js'
import { listActs } from '../../../src/store/acts.js'
import { openStore, type Store } from '../../../src/store/open.js'
import { tempFolder, type TempFolder } from '../../helpers/temp.js'

let folder: TempFolder
let store: Store
beforeAll(async () => {
  folder = await tempFolder()
  store = await openStore(`sqlite:${folder.file('hoop.db')}`)
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const hour = 3_600_000
const log = pino({ level: 'silent' })
const entry = {
  groups: ['oncall'],
  policy: 'incident',
  request: { approvers: { groups: ['lead'], count: 1 }, longest: hour },
}
const view = {
  policies: { incident: { clearFor: [], breakGlass: [], masks: [], rules: [], approvers: [] } },
  connections: { db: { databases: ['db'], access: [entry] }, other: { databases: ['db'], access: [entry] } },
} as unknown as AccessView

let number = 0

/** Somebody who asks, and the parts that a gateway has for it, on one store. */
const asking = async (most?: number) => {
  const [who, by] = [`asker${++number}`, `lead${number}`]
  const accesses = new Accesses(() => undefined)
  const denied = await DenyList.open(store.db)
  const kept = auditLog(log, store)
  /** What can't be written down. */
  const unwritten = new Set<AdministratorAct['act']>()
  const write: WriteAudit = async (act, within) => {
    if (unwritten.has(act.act)) throw new HoopError('STORE_FAILED', 'the disk is full')
    await kept(act, within)
  }
  const approvals = new Approvals({
    ...{ store, log, denied, write, ...(most !== undefined && { most }) },
    webhooks: { emit: () => undefined },
    url: () => 'https://gateway.example.com',
    settled: (record) => accesses.settled(record),
  })
  onTestFinished(() => approvals[Symbol.asyncDispose]())
  const sessions = new Set<string>()
  const registry = {
    end: (meant: (session: SessionName) => boolean) => {
      for (const given of sessions) if (meant({ access: { given } } as SessionName)) sessions.delete(given)
      return []
    },
  }
  const them = new Asking({ store, view: () => view, approvals, accesses, registry, write })
  const ask = async (connection = 'db') =>
    (await them.ask({ subject: who, name: who, groups: ['oncall'] }, { connection, for: hour, reason: 'pages' })).id
  return {
    ...{ who, by, accesses, approvals, denied, unwritten, sessions, ask },
    approve: (id: string) => approvals.decide(id, { subject: by, name: by, groups: ['lead'] }, 'approve', undefined),
    revoke: (id: string) => them.revoke(id, { subject: who, name: who, groups: [] }, false, 'mine'),
    holdings: holdingsOf(store, approvals, accesses, async () => 0, { endOf: () => 0 }),
    inForce: () => accesses.of(who, 'db').map(({ id }) => id),
    stateOf: async (id: string) => (await approvals.records.find(id)).state,
    acts: async () => (await listActs(store.db, { subject: who }, 100)).acts,
  }
}

test('access that is approved while it is taken back ends', async () => {
  const { approvals, ask, approve, revoke, inForce, stateOf, sessions, acts } = await asking()
  const id = await ask()
  const { records } = approvals
  const find = records.find.bind(records)
  vi.spyOn(records, 'find').mockImplementationOnce(async (wanted) => {
    const read = await find(wanted)
    await approve(id)
    expect(inForce()).toEqual([id])
    sessions.add(id)
    return read
  })
  expect(await revoke(id)).toMatchObject({ id, state: 'withdrawn' })
  expect([inForce(), [...sessions]]).toEqual([[], []])
  expect((await acts())[0]).toMatchObject({ act: 'access.revoke', before: { state: 'approved' } })
  expect(await stateOf(id)).toBe('withdrawn')
})

test('access that was taken back before word of its approval came stays so', async () => {
  const { approvals, ask, approve, revoke, inForce } = await asking()
  const id = await ask()
  const assertIn = approvals.assertIn.bind(approvals)
  vi.spyOn(approvals, 'assertIn').mockImplementationOnce(async (subject) => {
    await revoke(id)
    await assertIn(subject)
  })
  await approve(id)
  expect(inForce()).toEqual([])
})

test.for(['who', 'by'] as const)('what memory alone has of somebody who is shut out ends too (%s)', async (whose) => {
  const { approvals, ask, approve, inForce, holdings, ...people } = await asking()
  const id = await ask()
  await approve(id)
  expect(inForce()).toEqual([id])
  await approvals.records.settle(id, ['approved'], 'withdrawn', Date.now())
  await holdings.accesses(people[whose], { by: { subject: 'boss', name: 'boss' }, reason: 'left' })
  expect(inForce()).toEqual([])
})

test('access that ends because its approver is shut out leaves an act for its holder', async () => {
  const { ask, approve, by, inForce, holdings, acts, unwritten, stateOf } = await asking()
  const id = await ask()
  await approve(id)
  const boss = { subject: 'boss', name: 'boss' }
  unwritten.add('access.revoke')
  await expect(holdings.accesses(by, { by: boss, reason: 'left' })).rejects.toMatchObject({ code: 'STORE_FAILED' })
  // Neither is kept, and it has ended even so.
  expect([await stateOf(id), inForce()]).toEqual(['approved', []])
  unwritten.clear()
  expect(await holdings.accesses(by, { by: boss, reason: 'left' })).toBe(1)
  const [last] = await acts()
  expect(last).toMatchObject({
    ...{ act: 'access.revoke', by: boss, target: id, reason: 'somebody who approved it was shut out' },
    before: { state: 'approved', connection: 'db', policy: 'incident' },
  })
})

test('what may not be asked leaves no act, and what leaves no act is not asked', async () => {
  const { ask, acts, unwritten, approvals, who } = await asking(1)
  await ask()
  await expect(ask('other')).rejects.toMatchObject({ code: 'APPROVAL_REQUIRED' })
  expect(await acts()).toHaveLength(1)
  const another = await asking()
  another.unwritten.add('access.request')
  await expect(another.ask()).rejects.toMatchObject({ code: 'STORE_FAILED' })
  expect(await approvals.records.list({ subject: another.who }, 10)).toEqual([])
  expect(await approvals.records.list({ subject: who }, 10)).toHaveLength(1)
  expect(unwritten.size).toBe(0)
})

test('access whose end can’t be written down has its end written later', async () => {
  const { ask, approve, approvals, acts, unwritten, stateOf, inForce } = await asking()
  const id = await ask()
  await approve(id)
  await store.db
    .updateTable('approvals')
    .set({ expires_at: Date.now() - 1 })
    .where('id', '=', id)
    .execute()
  unwritten.add('access.end')
  await expect(approvals.sweep()).rejects.toMatchObject({ code: 'STORE_FAILED' })
  expect(await stateOf(id)).toBe('approved')
  unwritten.clear()
  await approvals.sweep()
  expect([await stateOf(id), inForce()]).toEqual(['expired', []])
  expect((await acts()).filter(({ act }) => act === 'access.end')).toHaveLength(1)
})
