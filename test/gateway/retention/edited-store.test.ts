import { existsSync } from 'node:fs'
import { readFile, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contentsOf } from '../../../src/ledger/log/contents.js'
import { isTampering } from '../../../src/ledger/verify/report.js'
import { tempFolder, type TempFolder } from '../../helpers/temp.js'
import { copyOf, openGateway, pathOf, type Places, placesIn, verified } from '../ledger/history.js'

const olu = { subject: 'olu', name: 'olu@example.com' }
const casey = { subject: 'casey-17', name: 'casey@contractor.example' }
const bo = { subject: 'bo', name: 'bo@example.com' }

let folder: TempFolder
let whole: Places
let copies = 0
const copy = () => copyOf(whole, folder.file(`copy${++copies}`))

beforeAll(async () => {
  folder = await tempFolder()
  whole = placesIn(folder.file('whole'))
  await using gateway = await openGateway(whole, { copies: [] })
  for (const [id, more] of [
    ['ses_1', casey],
    ['ses_2', bo],
  ] as const) {
    const session = await gateway.begin(id, more)
    session.run(2)
    await session.end()
  }
})
afterAll(() => folder[Symbol.asyncDispose]())

/** What an operator does to the store of a gateway that runs. */
const edit = (at: Places, sql: string): void => {
  using db = new DatabaseSync(at.store)
  db.exec(`pragma busy_timeout = 3000; ${sql}`)
}

const erase = { person: casey.subject, reason: 'request 17' }

test('no erasure empties a leaf of another kind or session, whatever the store’s index says', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.write({ act: 'session.kill', by: olu, target: 'ses_2', reason: 'bad deed' })
  await gateway.ledgers.ledger.noted()
  const { records } = await contentsOf(at.ledger, 0n)
  const find = (text: string) => [...records].find(([, { content }]) => content.includes(text))![0]
  const act = find('bad deed')
  const start = find('"session":"ses_2"')
  for (const leaf of [act, start]) {
    const { kind, target } = (await gateway.store.db
      .selectFrom('ledger_leaves')
      .selectAll()
      .where('leaf', '=', Number(leaf))
      .executeTakeFirst())!
    edit(at, `update ledger_leaves set kind = 'session.head', target = 'ses_1' where leaf = ${leaf}`)
    expect(await gateway.erasing.erase(erase, olu)).toMatchObject({ sessions: 0, differing: [{ session: 'ses_1' }] })
    edit(at, `update ledger_leaves set kind = '${kind}', target = '${target}' where leaf = ${leaf}`)
  }
  expect((await contentsOf(at.ledger, 0n)).records.get(act)!.content).toContain('bad deed')
  // Nor is one excused that a gateway of somebody's own signed.
  await gateway.erasing.erase(erase, olu)
  const more = {
    by: olu,
    reason: 'x',
    act: 2,
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:00:00.000Z',
  }
  await gateway.ledgers.ledger.write('erased', { ...more, session: 'ses_9', bytes: 0, leaves: [Number(act)] })
  await gateway.ledgers.ledger.empty([Number(act)])
  const found = (await verified(at)).findings.filter(isTampering)
  expect(found).toContainEqual(expect.objectContaining({ kind: 'leaf-missing', leaf: `${act}` }))
})

test('what is on hold doesn’t go as somebody else’s, whoever the store’s row says it is', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.holds.add({ person: bo.subject, reason: 'case 1' }, olu)
  for (const set of [
    `subject = '${casey.subject}'`,
    `subject = 'bo', owner = '${casey.subject}', started_at = started_at + 1`,
  ]) {
    edit(at, `update sessions set ${set} where id = 'ses_2'`)
    const told = await gateway.erasing.erase({ ...erase, dry: true }, olu)
    expect(told.sessions).toBe(1)
  }
  edit(
    at,
    `update sessions set subject = '${casey.subject}', owner = null, started_at = started_at - 1 where id = 'ses_2'`,
  )
  expect(await gateway.erasing.erase(erase, olu)).toMatchObject({ sessions: 1, differing: [{ session: 'ses_2' }] })
  await gateway.retain({ age: 0 })
  expect(existsSync(await pathOf(at, 'ses_2'))).toBe(true)
})

test('an altered recording stays as evidence, though its length and last bytes are as they were', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  const path = await pathOf(at, 'ses_1')
  const bytes = await readFile(path)
  await writeFile(path, Buffer.from(bytes).fill(0, bytes.length - 120, bytes.length - 60))
  await gateway.retain({ age: 0 })
  expect([existsSync(path), existsSync(await pathOf(at, 'ses_2'))]).toEqual([true, false])
  expect(await gateway.erasing.erase(erase, olu)).toMatchObject({ sessions: 0, differing: [{ session: 'ses_1' }] })
})

test('nothing is retired by age that the ledger saw end since, nor as unknown that the ledger should know', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  edit(
    at,
    `update sessions set ended_at = 1577836800000 where id = 'ses_1'; delete from ledger_leaves where target = 'ses_2'`,
  )
  await gateway.retain({ age: 86_400_000 })
  edit(at, `update sessions set ended_at = 1577836800000 where id = 'ses_2'`)
  await gateway.retain({ age: 86_400_000 })
  expect([existsSync(await pathOf(at, 'ses_1')), existsSync(await pathOf(at, 'ses_2'))]).toEqual([true, true])
})

test('a file with a hole, of no session, makes nothing go', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  const path = await pathOf(at, 'ses_1')
  const sparse = join(dirname(path), 'ses_0.hooprec')
  await writeFile(sparse, '')
  await truncate(sparse, 500e9)
  await gateway.retain({ size: 1e9 })
  expect([existsSync(path), existsSync(await pathOf(at, 'ses_2'))]).toEqual([true, true])
})

test('a session that was retired can be erased, also where that was interrupted', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.retain({ age: 0 })
  await gateway.erasing.erase(erase, olu)
  edit(at, `update sessions set removed = 'retired', subject = 'casey-17', last_refusal = 'no' where id = 'ses_1'`)
  await gateway.retain({})
  const row = await gateway.store.db.selectFrom('sessions').selectAll().where('id', '=', 'ses_1').executeTakeFirst()
  expect(row).toMatchObject({ removed: 'erased', last_refusal: null })
  expect(row?.subject).not.toBe('casey-17')
})

test('a hold that somebody takes out of the store of a running gateway holds even so, and it is said', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  const hold = await gateway.holds.add({ person: casey.subject, reason: 'case 1' }, olu)
  const other = await gateway.holds.add({ session: 'ses_2', reason: 'case 2' }, olu)
  await gateway.holds.release(other.id, 'closed', olu)
  for (const [how, back] of [
    [`delete from holds where id = '${hold.id}'`, undefined],
    [`update holds set released_at = 1`, `update holds set released_at = null where id = '${hold.id}'`],
    [`update holds set person = 'nobody'`, `update holds set person = '${casey.subject}' where id = '${hold.id}'`],
  ] as const) {
    using db = new DatabaseSync(at.store)
    const kept = db.prepare('select * from holds where id = ?').get(hold.id) as Record<string, null | string | number>
    edit(at, how)
    await expect(gateway.erasing.erase(erase, olu)).rejects.toMatchObject({ code: 'HOLDS_DIFFER' })
    const { failures } = gateway.metrics.retention
    await gateway.retain({ age: 0 })
    expect(gateway.metrics.retention.failures).toBe(failures + 1)
    if (back !== undefined) edit(at, back)
    else
      db.prepare(
        `insert into holds (${Object.keys(kept).join(', ')}) values (${Object.keys(kept)
          .map(() => '?')
          .join(', ')})`,
      ).run(...Object.values(kept))
  }
  expect([existsSync(await pathOf(at, 'ses_1')), existsSync(await pathOf(at, 'ses_2'))]).toEqual([true, true])
  await gateway.retain({ age: 0 })
  expect([existsSync(await pathOf(at, 'ses_1')), existsSync(await pathOf(at, 'ses_2'))]).toEqual([true, false])
})

test('a hold that is gone from the store is known again after a start, and back in it after hoop gateway recover', async () => {
  const at = await copy()
  {
    await using gateway = await openGateway(at, { copies: [] })
    await gateway.holds.add({ person: casey.subject, reason: 'case 1' }, olu)
  }
  edit(at, 'delete from holds')
  {
    await using gateway = await openGateway(at, { copies: [] })
    await expect(gateway.erasing.erase(erase, olu)).rejects.toMatchObject({ code: 'HOLDS_DIFFER' })
  }
  await using gateway = await openGateway(at, { copies: [], rebuild: true })
  expect(await gateway.erasing.erase(erase, olu)).toMatchObject({ sessions: 0, held: 1 })
})

test('what is on hold by when it ended, or by whose token it was, stays whatever its row says', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  const session = await gateway.begin('ses_3', { ...{ subject: 'token_1', name: 'ci' }, owner: casey })
  session.run()
  await session.end()
  const path = await pathOf(at, 'ses_3')
  await gateway.holds.add({ person: casey.subject, since: '2026-01-01', reason: 'case 1' }, olu)
  await gateway.ledgers.ledger.noted()
  edit(at, `update sessions set ended_at = started_at - 99999999999 where subject = '${casey.subject}'`)
  edit(at, `update sessions set owner = null where id = 'ses_3'`)
  await gateway.retain({ age: 0 })
  expect([existsSync(await pathOf(at, 'ses_1')), existsSync(path), existsSync(await pathOf(at, 'ses_2'))]).toEqual([
    true,
    true,
    false,
  ])
})

test('a row that says that its recording was retired saves it from no check', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  const path = await pathOf(at, 'ses_1')
  const bytes = await readFile(path)
  await writeFile(path, Buffer.from(bytes).fill(0, bytes.length - 120, bytes.length - 60))
  edit(at, `update sessions set removed = 'retired', removed_at = 1 where id = 'ses_1'`)
  expect(await gateway.erasing.erase(erase, olu)).toMatchObject({ sessions: 0, differing: [{ session: 'ses_1' }] })
  expect(existsSync(path)).toBe(true)
})

test('a row of the ledger’s index that says so makes no recording go', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  const path = await pathOf(at, 'ses_1')
  edit(at, `update ledger_leaves set kind = 'retired', target = 'ses_1' where kind = 'begin'`)
  await gateway.retain({})
  expect(existsSync(path)).toBe(true)
})

test('whose a service token’s session was says the ledger once its recording is gone: verification goes by it', async () => {
  const at = await copy()
  {
    await using gateway = await openGateway(at, { copies: [] })
    const session = await gateway.begin('ses_3', { ...{ subject: 'token_1', name: 'ci' }, owner: casey })
    await session.end()
    await gateway.retain({ age: 0 })
  }
  expect((await verified(at)).findings.filter(isTampering)).toEqual([])
  edit(at, `update sessions set owner = null, owner_name = null where id = 'ses_3'`)
  const found = (await verified(at)).findings.filter(isTampering)
  expect(found).toContainEqual(expect.objectContaining({ kind: 'row-altered', session: 'ses_3' }))
})
