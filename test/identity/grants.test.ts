import { setTimeout as sleep } from 'node:timers/promises'
import { decodeJwt, importJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DenyList } from '../../src/identity/deny-list.js'
import { grantService } from '../../src/identity/grant-service.js'
import { generateSigningKey, loadSigningKeys, writeSigningKeys, type SigningKeys } from '../../src/identity/keys.js'
import type { Principal } from '../../src/identity/types.js'
import { grantRecords } from '../../src/store/grants.js'
import { revokeGrantsOf } from '../../src/store/grants-of.js'
import { openStore, type Store } from '../../src/store/open.js'
import { tempFolder, type TempFolder } from '../helpers/temp.js'

const gateway = 'https://gateway.example.com:8443'
const ana: Principal = {
  subject: 'ana',
  issuer: 'https://login.example.com',
  name: 'ana@example.com',
  email: 'ana@example.com',
  groups: ['ml-eng', 'contractors'],
  jkt: 'key-of-ana',
}

let folder: TempFolder
let store: Store
let keys: SigningKeys
let jwk: Awaited<ReturnType<typeof generateSigningKey>>

beforeAll(async () => {
  folder = await tempFolder()
  store = await openStore(`sqlite:${folder.file('hoop.db')}`)
  jwk = await generateSigningKey()
  await writeSigningKeys(folder.file('signing.json'), [jwk])
  keys = await loadSigningKeys(folder.file('signing.json'))
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

let clock = Date.parse('2026-11-22T10:00:00Z')
const service = (over: Partial<Parameters<typeof grantService>[0]> = {}) =>
  grantService({
    gateway: () => gateway,
    keys: () => keys,
    records: grantRecords(store.db),
    lifetime: () => 600_000,
    now: () => new Date(clock),
    ...over,
  })

test('a grant that is issued while its person is shut out is no more when they are let in again', async () => {
  const denied = await DenyList.open(store.db)
  const records = grantRecords(store.db)
  const by = { subject: 'boss', name: 'boss' }
  const added: string[] = []
  const racing = service({
    admit: (subject) => denied.assert(subject),
    records: {
      ...records,
      add: async (record) => {
        await denied.revoke({ subject: 'ana', by, reason: 'left', at: clock })
        await revokeGrantsOf(store.db, 'ana', clock)
        await records.add(record)
        added.push(record.id)
      },
    },
  })
  await expect(racing.issue({ principal: ana, connection: 'vectordb' })).rejects.toMatchObject({
    code: 'PERSON_REVOKED',
  })
  await denied.restore('ana', by)
  expect(added).toHaveLength(1)
  expect(await records.find(added[0]!)).toMatchObject({ revoked: true })
})

test('a grant says who may do what until when, and comes back whole', async () => {
  const { token, grant } = await service().issue({ principal: ana, connection: 'vectordb', reason: 'ticket 7' })
  expect(grant).toEqual({
    id: grant.id,
    chain: grant.id,
    principal: ana,
    connection: 'vectordb',
    reason: 'ticket 7',
    expiresAt: new Date(clock + 600_000),
  })
  expect(await service().verify(token, ana.jkt)).toEqual(grant)
})

test('a stolen grant is refused without the key', async () => {
  const { token } = await service().issue({ principal: ana, connection: 'vectordb' })
  await expect(service().verify(token, 'key-of-mallory')).rejects.toMatchObject({ code: 'GRANT_INVALID' })
})

test('a grant ends on the second', async () => {
  const { token } = await service().issue({ principal: ana, connection: 'vectordb' })
  clock += 599_000
  await service().verify(token, ana.jkt)
  clock += 1_000
  await expect(service().verify(token, ana.jkt)).rejects.toMatchObject({ code: 'GRANT_EXPIRED' })
})

test('no grant lives longer than an hour', async () => {
  const { grant } = await service({ lifetime: () => 86_400_000 }).issue({ principal: ana, connection: 'vectordb' })
  expect(grant.expiresAt.getTime()).toBe(clock + 3_600_000)
})

test('a renewal is a new grant of the same chain', async () => {
  const first = await service().issue({ principal: ana, connection: 'vectordb' })
  clock += 300_000
  const second = await service().issue({ principal: ana, connection: 'vectordb', renews: first.token })
  const third = await service().issue({ principal: ana, connection: 'vectordb', renews: second.token })
  expect(new Set([first.grant.id, second.grant.id, third.grant.id]).size).toBe(3)
  expect([second.grant.chain, third.grant.chain]).toEqual([first.grant.id, first.grant.id])
  expect(second.grant.expiresAt.getTime()).toBe(first.grant.expiresAt.getTime() + 300_000)
})

test.for<[string, Partial<Principal>, string, string]>([
  ['another person', { subject: 'ben' }, 'vectordb', 'GRANT_INVALID'],
  ['another key', { jkt: 'key-of-mallory' }, 'vectordb', 'GRANT_INVALID'],
  ['another connection', {}, 'docs', 'GRANT_INVALID'],
])('a grant is not renewed for %s', async ([, over, connection, code]) => {
  const { token } = await service().issue({ principal: ana, connection: 'vectordb' })
  const renewal = service().issue({ principal: { ...ana, ...over }, connection, renews: token })
  await expect(renewal).rejects.toMatchObject({ code })
})

test('a grant that has expired is not renewed: its sessions have ended', async () => {
  const { token } = await service().issue({ principal: ana, connection: 'vectordb' })
  clock += 600_000
  const renewal = service().issue({ principal: ana, connection: 'vectordb', renews: token })
  await expect(renewal).rejects.toMatchObject({ code: 'GRANT_EXPIRED' })
})

test('a revoked grant opens nothing and is not renewed', async () => {
  const { token, grant } = await service().issue({ principal: ana, connection: 'vectordb' })
  await store.db.updateTable('grants').set({ revoked_at: clock }).where('id', '=', grant.id).execute()
  await expect(service().verify(token, ana.jkt)).rejects.toMatchObject({ code: 'GRANT_INVALID' })
  const renewal = service().issue({ principal: ana, connection: 'vectordb', renews: token })
  await expect(renewal).rejects.toMatchObject({ code: 'GRANT_INVALID' })
})

test('a grant that the store does not know is refused', async () => {
  const { token, grant } = await service().issue({ principal: ana, connection: 'vectordb' })
  await store.db.deleteFrom('grants').where('id', '=', grant.id).execute()
  await expect(service().verify(token, ana.jkt)).rejects.toMatchObject({ code: 'GRANT_INVALID' })
})

test('a grant of another gateway is refused, even with the same keys', async () => {
  const { token } = await service({ gateway: () => 'https://other.example.com' }).issue({
    principal: ana,
    connection: 'vectordb',
  })
  await expect(service().verify(token, ana.jkt)).rejects.toMatchObject({ code: 'GRANT_INVALID' })
})

test('after a rotation the new key signs, and grants of the old one hold until it is dropped', async () => {
  const old = await service().issue({ principal: ana, connection: 'vectordb' })
  await writeSigningKeys(folder.file('rotated.json'), [await generateSigningKey(), jwk])
  const both = await loadSigningKeys(folder.file('rotated.json'))
  const rotated = service({ keys: () => both })
  await rotated.verify(old.token, ana.jkt)
  const fresh = await rotated.issue({ principal: ana, connection: 'vectordb' })
  await expect(service().verify(fresh.token, ana.jkt)).rejects.toMatchObject({ code: 'GRANT_INVALID' })
  const dropped = service({ keys: () => [both[0]] })
  await expect(dropped.verify(old.token, ana.jkt)).rejects.toMatchObject({ code: 'GRANT_INVALID' })
})

test('another token signed with the same key is no grant', async () => {
  const { token } = await service().issue({ principal: ana, connection: 'vectordb' })
  const forged = await new SignJWT(decodeJwt(token))
    .setProtectedHeader({ alg: 'EdDSA', kid: keys[0].kid, typ: 'JWT' })
    .sign(await importJWK(jwk, 'EdDSA'))
  await expect(service().verify(forged, ana.jkt)).rejects.toMatchObject({ code: 'GRANT_INVALID' })
})

test('changing one claim breaks the signature', async () => {
  const { token } = await service().issue({ principal: ana, connection: 'vectordb' })
  const [header, payload = '', signature] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
  const changed = Buffer.from(JSON.stringify({ ...claims, connection: 'payroll' })).toString('base64url')
  await expect(service().verify([header, changed, signature].join('.'), ana.jkt)).rejects.toMatchObject({
    code: 'GRANT_INVALID',
  })
})

test('a grant issued under the real clock is good at once', async () => {
  const records = grantRecords(store.db)
  const live = grantService({ gateway: () => gateway, keys: () => keys, records, lifetime: () => 1_500 })
  const { token } = await live.issue({ principal: ana, connection: 'vectordb' })
  await live.verify(token, ana.jkt)
  await sleep(1_600)
  await expect(live.verify(token, ana.jkt)).rejects.toMatchObject({ code: 'GRANT_EXPIRED' })
})
