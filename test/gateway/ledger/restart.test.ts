import { rename } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Leaf, openLeaf } from '../../../src/ledger/leaves.js'
import { readContents } from '../../../src/ledger/log/contents.js'
import { tempFolder, type TempFolder } from '../../helpers/temp.js'
import { copyOf, openGateway, type Places, placesIn, verified } from './history.js'
import * as how from './tamper.js'

let folder: TempFolder
let early: Places
let whole: Places

const act = (target: string) =>
  ({ act: 'session.kill', by: { subject: 'olu', name: 'olu@example.com' }, target, reason: 'a reason' }) as const

/** Two sessions and three acts; `early` has one of each. */
beforeAll(async () => {
  folder = await tempFolder()
  whole = placesIn(folder.file('whole'))
  {
    await using gateway = await openGateway(whole)
    const first = await gateway.begin('ses_a')
    first.run()
    await first.end()
    await gateway.write(act('one'))
  }
  early = await copyOf(whole, folder.file('early'))
  await using gateway = await openGateway(whole)
  const second = await gateway.begin('ses_b')
  second.run(2)
  await second.end()
  await gateway.write(act('two'))
  await gateway.write(act('three'))
})

afterAll(() => folder[Symbol.asyncDispose]())

const restart = async (at: Places): Promise<void> => {
  await using _ = await openGateway(at)
}

const leavesOf = async (at: Places): Promise<Leaf[]> => {
  const leaves: Leaf[] = []
  for await (const record of readContents(at.ledger)) leaves.push(openLeaf(record))
  return leaves
}

const actsIn = async (at: Places): Promise<string[]> =>
  (await leavesOf(at)).flatMap((leaf) => (leaf.kind === 'act' ? [`${leaf.number} ${leaf.target}`] : []))

test('what the store says is entered is not believed: rows that are gone bring nothing into the ledger twice', async () => {
  const at = await copyOf(whole, folder.file('gone'))
  await how.sql(`update acts set reason = 'innocent' where number = 1`)(at)
  await how.sql(`update sessions set reason = 'innocent' where id = 'ses_b'`)(at)
  await how.sql(`delete from ledger_leaves where kind in ('act', 'session.end')`)(at)
  await restart(at)
  expect(await actsIn(at)).toEqual(['1 one', '2 two', '3 three'])
  expect((await leavesOf(at)).filter((leaf) => leaf.kind === 'session.end')).toHaveLength(2)
  const { sound, findings } = await verified(at)
  expect(sound).toBe(false)
  expect(findings).toContainEqual(expect.objectContaining({ kind: 'act-altered', act: 1 }))
})

test('rows that say something else than the ledger, or of leaves that never were, are told of and made anew', async () => {
  const at = await copyOf(whole, folder.file('other'))
  await how.sql(`update ledger_leaves set target = '1000000' where kind = 'act';
    insert into ledger_leaves values (-1, 'session.end', 'ses_b', 1), (1000, 'act', '9', 1), ('abc', 'act', '9', 1)`)(
    at,
  )
  {
    await using gateway = await openGateway(at)
    await gateway.write(act('four'))
    expect(gateway.told).toHaveLength(4)
    await gateway.ledgers.ledger.noted()
    const rows = await gateway.store.db.selectFrom('ledger_leaves').select('target').where('kind', '=', 'act').execute()
    expect(rows.map(({ target }) => target).sort()).toEqual(['1', '2', '3', '4'])
  }
  expect((await actsIn(at)).at(-1)).toBe('4 four')
  expect(await verified(at)).toMatchObject({ sound: true })
})

test('an act among those that are entered, without a leaf of its own, is told of and stops no start', async () => {
  const at = await copyOf(whole, folder.file('bare'))
  await how.sql(
    'create table made as select * from acts where number = 1; update made set number = 0; insert into acts select * from made',
  )(at)
  await using gateway = await openGateway(at)
  expect(gateway.told).toEqual([expect.stringContaining('act 0, ')])
  expect(await actsIn(at)).toEqual(['1 one', '2 two', '3 three'])
})

test('acts that are deleted while the gateway runs give no number again, and hold up no other', async () => {
  const at = await copyOf(whole, folder.file('again'))
  await using gateway = await openGateway(at)
  await how.sql(`delete from acts where number > 1; update sqlite_sequence set seq = 1 where name = 'acts'`)(at)
  await gateway.ledgers.acts.entered()
  await gateway.write(act('hidden'))
  expect(await actsIn(at)).toEqual(['1 one', '2 two', '3 three', '4 hidden'])
  expect((await verified(at)).findings).toContainEqual(expect.objectContaining({ kind: 'act-missing', act: 2 }))
})

test('contents that were replaced in an old file do not make the tree that was signed', async () => {
  const at = placesIn(folder.file('old'))
  {
    await using gateway = await openGateway(at)
    await Promise.all(Array.from({ length: 300 }, (_, n) => gateway.ledgers.ledger.write('heartbeat', { sessions: n })))
  }
  await how.resealedLine('"sessions":7', (json) => json.replace('"sessions":7', '"sessions":8'))(at)
  await expect(restart(at)).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' })
})

test('a store that was put back: acts get numbers behind those that are gone, and a leaf says which those are', async () => {
  const at = await copyOf(whole, folder.file('back'))
  await how.rollBack('store')(at, early)
  {
    await using gateway = await openGateway(at)
    await gateway.write(act('four'))
  }
  expect(await actsIn(at)).toEqual(['1 one', '2 two', '3 three', '4 four'])
  const restored = (await leavesOf(at)).filter((leaf) => leaf.kind === 'restored')
  expect(restored).toMatchObject([{ acts: { from: 2, to: 4 }, sessions: 1 }])
  const { findings } = await verified(at)
  expect(findings.filter(({ kind }) => kind === 'act-altered' || kind === 'act-unknown')).toEqual([])
  await restart(at)
  expect((await leavesOf(at)).filter((leaf) => leaf.kind === 'restored')).toHaveLength(1)
})

test('the ledger and its keys moved away: another begins, and the store keeps what it knew of the one before', async () => {
  const at = await copyOf(whole, folder.file('new'))
  await rename(at.ledger, `${at.root}/former-ledger`)
  await rename(at.keys, `${at.keys}.former`)
  {
    await using gateway = await openGateway(at)
    await gateway.write(act('four'))
  }
  await restart(at)
  expect((await actsIn(at)).at(-1)).toBe('4 four')
  const db = new DatabaseSync(at.store, { readOnly: true })
  const { count } = db.prepare(`select count(*) as count from former_ledger_leaves where kind = 'act'`).get()!
  db.close()
  expect(count).toBe(3)
})

test('a session that the ledger saw begin gets its end, though the clock was set back before the ledger began', async () => {
  const at = placesIn(folder.file('clock'))
  let killed: Places
  {
    await using gateway = await openGateway(at)
    const session = await gateway.begin('ses_a', { time: '2026-01-01T00:00:00.000Z' })
    session.run()
    killed = await copyOf(at, folder.file('killed'))
    await session.end()
  }
  await restart(killed)
  expect((await leavesOf(killed)).filter((leaf) => leaf.kind === 'session.end')).toMatchObject([{ session: 'ses_a' }])
})
