import { entriesSince, noteEntries } from '../../src/store/access-entries.js'
import { ApprovalRecords } from '../../src/store/approvals/approvals.js'
import { forgetRequestsOf, forgetStandingOf } from '../../src/store/approvals/of-revoked.js'
import type { ApprovalRecord } from '../../src/store/approvals/rows.js'
import { StandingRecords } from '../../src/store/approvals/standing.js'
import { grantRecords } from '../../src/store/grants.js'
import { liveGrantsOf, revokeGrantsOf } from '../../src/store/grants-of.js'
import { KnownNames } from '../../src/store/known-names.js'
import { noteLogout, standingLogouts, subjectsOfSession } from '../../src/store/people/logouts.js'
import { findPerson, listPeople, namedGroupsOf, seePerson } from '../../src/store/people/people.js'
import {
  addRevocation,
  restoreRevoked,
  revokedTokens,
  standingRevocations,
} from '../../src/store/people/revocations.js'
import { putScimGroup, removeScimGroup, scimGroups } from '../../src/store/scim/groups.js'
import { putScimUser, scimUser, scimUsers, wasLetIn } from '../../src/store/scim/users.js'
import { presentedTokens } from '../../src/store/tokens/presented.js'
import {
  noteTokenUse,
  ownersSince,
  putServiceToken,
  serviceTokensSince,
} from '../../src/store/tokens/service-tokens.js'
import { usedProofs } from '../../src/store/tokens/used-proofs.js'
import { UsageRecords } from '../../src/store/usage.js'
import { iso, now, olu, testAlike } from './alike.js'

const request = (id: string, over: Partial<ApprovalRecord> = {}): ApprovalRecord => ({
  ...{ id, key: `key ${id}`, subject: 'ana', name: 'Ana', connection: 'db', database: 'd', session: 's1' },
  ...{ policyHash: 'h', rule: 'purge', groups: ['dba'], needed: 1, mode: 'retry', state: 'open', text: 'DELETE' },
  ...{ parameters: [], life: 60_000, createdAt: iso(now), expiresAt: iso(now + 60_000), votes: [] },
  ...over,
})

testAlike({
  'requests, votes, standing approvals, and what a revocation takes': async ({ db }) => {
    const records = new ApprovalRecords(db)
    for (const id of ['r1', 'r2', 'r3']) await records.add(request(id))
    await records.add(request('r4', { subject: 'ben', name: 'Ben', access: { policy: 'p' }, mode: 'wait' } as never))
    await seePerson(db, { ...olu, groups: ['dba'] }, now)
    const vote = { ...olu, vote: 'approve', at: iso(now + 1) } as const
    const voted = await records.vote('r1', vote)
    const twice = await records.vote('r1', vote).catch((error: Error) => error.message)
    await records.vote('r2', { ...vote, vote: 'deny' })
    const usable = [
      await records.ready('key r1', now),
      await records.open('key r3', now),
      await records.waiting('ana', now),
    ]
    const used = await records.use('key r1', now + 2)
    const again = await records.use('key r1', now + 3)
    const standing = new StandingRecords(db)
    await standing.add({
      ...{
        id: 'st1',
        subject: 'ana',
        name: 'Ana',
        connection: 'db',
        text: 'x',
        textHash: 'hash',
        by: olu,
        groups: ['dba'],
      },
      ...{ reason: 'r', createdAt: iso(now), expiresAt: iso(now + 1000), meaning: { user: 'app' } },
    })
    const asked = { subject: 'ana', connection: 'db', database: 'd' }
    const covering = await standing.covering(asked, 'hash', now)
    const forgotten = await forgetStandingOf(db, 'olu', 'boss', now + 4)
    const ended = await forgetRequestsOf(db, 'ana', now + 5, {}, () => Promise.resolve())
    const over = await records.expire(now + 10 ** 9, () => Promise.resolve())
    await records.recover(now + 10 ** 10)
    return [
      ...[voted, twice, ...usable, used, again, covering, forgotten, ended, over, await standing.list(undefined)],
      ...[
        await records.list({ person: 'ANA' }, 10),
        await records.list({ states: ['used'], kind: 'statement' }, 10, 'z'),
      ],
    ]
  },
  'people, their groups, revocations, logouts and grants': async ({ db }) => {
    for (const [subject, name] of [
      ['ana', 'Ana'],
      ['ben', 'Ben'],
      ['b2', 'BEN'],
    ] as const)
      await seePerson(db, { subject, name, email: `${subject}@Acme.example`, groups: ['x'], namedAt: now }, now)
    await addRevocation(db, { subject: 'ana', by: olu, reason: 'left', at: now, until: now + 9 })
    await addRevocation(db, { subject: 'ana', by: olu, reason: 'left again', at: now + 1 })
    const standing = await standingRevocations(db)
    await restoreRevoked(db, 'ana', { subject: 'boss', name: 'Boss' }, now + 2)
    const grants = grantRecords(db)
    const grant = (id: string, chain: string, sid?: string) => ({
      ...{ id, chain, subject: 'ana', connection: 'db', jkt: `k${id}`, issuedAt: new Date(now) },
      ...{ expiresAt: new Date(now + 600_000), login: { at: new Date(now - 1), ...(sid !== undefined && { sid }) } },
    })
    for (const one of [grant('g1', 'g1', 'sid1'), grant('g2', 'g1', 'sid1'), grant('g3', 'g3')]) await grants.add(one)
    const live = await liveGrantsOf(db, 'ana', now)
    const marks = await noteLogout(db, { subject: 'ana', at: now + 1, jti: 'j1', until: now + 1000 }, now)
    const used = await noteLogout(db, { subject: 'ana', at: now, jti: 'j1', until: now + 1000 }, now).catch(
      (error: Error) => error.message,
    )
    await noteLogout(db, { subject: 'ana', at: now - 5, jti: 'j2', until: now + 1000 }, now)
    return [
      ...[standing, [...(await revokedTokens(db, now))], await wasLetIn(db, 'ana', 'olu', now), live, marks, used],
      ...[await standingLogouts(db, now), await subjectsOfSession(db, 'sid1'), await grants.find('g2')],
      ...[await revokeGrantsOf(db, 'ana', now + 3), await listPeople(db), await namedGroupsOf(db, 'ana')],
      ...[await findPerson(db, 'ANA@acme.example'), await findPerson(db, 'ben').catch(String)],
      ...[await findPerson(db, 'Nobody').catch(String)],
    ]
  },
  'a directory’s users and groups': async ({ db }) => {
    const user = (id: string, userName: string, over = {}) => ({
      ...{ id, userName, active: true, resource: { a: '\u0000"x' }, createdAt: now, changedAt: now },
      ...over,
    })
    await putScimUser(db, user('u1', 'Éva'))
    await putScimUser(db, user('u2', 'Bob', { externalId: 'e2', email: 'bob@acme.example' }))
    await putScimUser(db, user('u2', 'Bobby', { active: false, deactivatedAt: now + 1 }))
    const taken = await putScimUser(db, user('u3', 'BOBBY')).catch((error: { code: string }) => error.code)
    const group = { id: 'g1', displayName: 'Data', members: ['u2', 'u1'], createdAt: now, changedAt: now }
    await putScimGroup(db, group)
    await putScimGroup(db, { ...group, members: ['u1'] })
    await putScimGroup(db, { ...group, id: 'g2', displayName: 'Zoo', members: [] })
    const groups = await scimGroups(db)
    await putScimUser(db, user('u1', 'Éva', { deletedAt: now + 2 }))
    await removeScimGroup(db, 'g2')
    return [
      ...[
        taken,
        groups,
        await scimGroups(db, { displayName: 'DATA' }),
        await scimUser(db, 'u1'),
        await scimUser(db, 'u2'),
      ],
      ...[await scimUsers(db, { userName: 'bOBBY' }), await scimUsers(db, { userName: 'éva', deleted: true })],
      ...[await scimUsers(db, { userName: 'ÉVA', deleted: true }), await scimUsers(db, { externalId: 'e2' })],
    ]
  },
  'tokens, proofs, names, usage and entries': async ({ db, ...store }) => {
    const token = {
      ...{ id: 't1', name: 'nightly', owner: olu, scope: [{ connection: 'db' }], networks: ['10.0.0.0/8'], hash: 'h1' },
      ...{ secret: 1, createdAt: now, createdBy: olu, expiresAt: now + 1000 },
    } as never
    await putServiceToken(db, token)
    await putServiceToken(db, { ...(token as object), secret: 2, old: { hash: 'h0', until: now } } as never)
    await noteTokenUse(db, 't1', { at: now, from: '10.0.0.7' })
    await seePerson(db, { ...olu, groups: ['a'] }, now)
    const presented = presentedTokens(db)
    const proofs = usedProofs(db)
    const shown = await Promise.all(['k1', 'k2'].map((jkt) => presented.present('hash', jkt, now)))
    const proved = await Promise.all(['p1', 'p1', 'p2'].map((hash) => proofs.add(hash, now)))
    const names = new KnownNames({ db, ...store })
    const known = { entry: 'public.t', identity: 'i', relation: 4_000_000_000, attribute: 0, name: 'public.t' }
    await names.put('d', [known, { ...known, attribute: 2, entry: 'public.t.c' }])
    await names.put('d', [{ ...known, name: 'public.u' }])
    const found = (await names.of('elsewhere', 'i')).toSorted((one, two) => one.attribute - two.attribute)
    await names.drop('d', 'i', [4_000_000_000])
    const usage = new UsageRecords({ db, ...store })
    const hour = { subject: 'ana', hour: now, rows: 2 ** 50, bytes: 1, vectors: 0 }
    await Promise.all([usage.put(hour), usage.put({ ...hour, rows: 5 }), usage.put({ ...hour, hour: now + 3_600_000 })])
    await usage.ask({ subject: 'ana', day: now, kind: 'guesses', key: 'k', count: 1 })
    await usage.ask({ subject: 'ana', day: now, kind: 'guesses', key: 'k', count: 2 })
    await noteEntries(db, ['one', 'two'], now)
    await noteEntries(db, ['two', 'three'], now + 1)
    return [
      ...[
        await serviceTokensSince(db, now),
        await ownersSince(db, now),
        shown,
        proved,
        found,
        await names.of('d', '-'),
      ],
      ...[await usage.since(now), await usage.rowsByDay('ana', 0, now * 2), await usage.askedSince(now)],
      [...(await entriesSince(db))].toSorted(),
    ]
  },
})
