import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sealLeaf } from '../../../src/ledger/leaves.js'
import { contentsOf, contentsPath, encodeLine } from '../../../src/ledger/log/contents.js'
import { tempFolder, type TempFolder } from '../../helpers/temp.js'
import { copyOf, openGateway, pathOf, type Places, placesIn } from '../ledger/history.js'

const olu = { subject: 'olu', name: 'olu@example.com' }
const casey = { subject: 'casey-17', name: 'casey@contractor.example' }

let folder: TempFolder
let whole: Places
let copies = 0
const copy = () => copyOf(whole, folder.file(`copy${++copies}`))

beforeAll(async () => {
  folder = await tempFolder()
  whole = placesIn(folder.file('whole'))
  await using gateway = await openGateway(whole, { copies: [] })
  for (const id of ['ses_1', 'ses_2']) {
    const session = await gateway.begin(id, casey)
    session.run(2)
    await session.end()
  }
})
afterAll(() => folder[Symbol.asyncDispose]())

/** What an operator does to the store. */
const edit = (at: Places, sql: string): void => {
  using db = new DatabaseSync(at.store)
  db.exec(`pragma busy_timeout = 3000; ${sql}`)
}

/** The place of the leaf whose content has a text. */
const placeOf = async (at: Places, text: string): Promise<bigint> =>
  [...(await contentsOf(at.ledger, 0n)).records].find(([, { content }]) => content.includes(text))![0]

const setLine = async (at: Places, index: bigint, line: string): Promise<void> => {
  const path = contentsPath(at.ledger, 0n)
  const lines = (await readFile(path, 'utf8')).split('\n')
  lines[Number(index)] = line.trimEnd()
  await writeFile(path, lines.join('\n'))
}

test('a session’s end is its own leaf’s, not another’s', async () => {
  const at = await copy()
  {
    using db = new DatabaseSync(at.store)
    const columns = db.prepare(`select name from pragma_table_info('sessions')`).all() as { name: string }[]
    const put: Readonly<Record<string, string>> = { id: `'ses_fake'`, ended_at: '1577836800000' }
    const values = columns.map(({ name }) => put[name] ?? name)
    const names = columns.map(({ name }) => name).join(',')
    db.exec(`insert into sessions (${names}) select ${values.join(',')} from sessions where id = 'ses_2'`)
  }
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.holds.add({ person: casey.subject, since: '2026-01-01', reason: 'case 1' }, olu)
  await gateway.ledgers.ledger.noted()
  edit(
    at,
    `delete from ledger_leaves where kind = 'session.end' and target = 'ses_1';
     update ledger_leaves set target = 'ses_1' where kind = 'session.end' and target = 'ses_2';
     update sessions set ended_at = 1577836800000 where id = 'ses_1'; delete from sessions where id = 'ses_fake'`,
  )
  const path = await pathOf(at, 'ses_1')
  await gateway.retain({ age: 0 }).catch(() => undefined)
  expect(existsSync(path)).toBe(true)
})

test('a hold that never reached the ledger is not answered as if it had', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  edit(
    at,
    `create trigger instead before insert on acts when new.act = 'hold.add' begin
       insert into acts (time, act, target, by_subject, by_name) values (new.time, 'session.kill', 'x', 'olu', 'olu');
       select raise(ignore); end;
     create trigger gone after insert on holds begin delete from holds where id = new.id; end`,
  )
  const added = gateway.holds.add({ person: casey.subject, reason: 'case 1' }, olu)
  await expect(added).rejects.toMatchObject({ code: 'STORE_FAILED' })
})

test('an act’s leaf that was emptied keeps the gateway from starting: no act is ever erased', async () => {
  const at = await copy()
  {
    await using gateway = await openGateway(at, { copies: [] })
    await gateway.holds.add({ session: 'ses_2', reason: 'case 2' }, olu)
    await gateway.write({ act: 'session.kill', by: olu, target: 'ses_x', reason: 'later' })
  }
  const place = await placeOf(at, 'hold.add')
  const { entry } = (await contentsOf(at.ledger, 0n)).records.get(place)!
  await setLine(at, place, encodeLine(place, { entry, salt: Buffer.alloc(0), content: '' }))
  edit(at, 'delete from holds')
  await expect(openGateway(at, { copies: [] })).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' })
})

test('nothing is erased by a leaf that was put into the files of a gateway that runs', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.ledgers.ledger.write('heartbeat', { sessions: 0 })
  await gateway.ledgers.ledger.noted()
  const path = await pathOf(at, 'ses_2')
  const place = await placeOf(at, '"heartbeat"')
  const told = (await contentsOf(at.ledger, 0n)).records.get(place)!
  const [row] = await gateway.store.db.selectFrom('sessions').selectAll().where('id', '=', 'ses_2').execute()
  const startedAt = new Date(Number(row!.started_at)).toISOString()
  const { time } = JSON.parse(told.content) as { time: string }
  const leaf = {
    kind: 'erased',
    time,
    session: 'ses_2',
    startedAt,
    endedAt: time,
    bytes: 1,
    by: olu,
    reason: 'x',
    act: 1,
  }
  await setLine(
    at,
    place,
    encodeLine(place, sealLeaf({ ...leaf, leaves: [] } as unknown as Parameters<typeof sealLeaf>[0])),
  )
  edit(at, `update ledger_leaves set kind = 'erased', target = 'ses_2' where leaf = ${place}`)
  await gateway.retain({ age: null }).catch(() => undefined)
  expect(existsSync(path)).toBe(true)
})

/** The first leaf of the ledger that tells of no session, as the index has it. */
const other = `leaf = (select min(leaf) from ledger_leaves where kind = 'gateway')`

test.for([
  [
    'names another leaf as a session’s end',
    `update ledger_leaves set kind = 'session.end', target = 'ses_1' where ${other}`,
    true,
  ],
  [
    'says that a recording was to go',
    `update ledger_leaves set kind = 'retired', target = 'ses_1' where ${other}`,
    false,
  ],
  [
    'says that a session was erased',
    `update ledger_leaves set kind = 'erased', target = 'ses_1' where ${other}`,
    false,
  ],
] as const)(
  'one row of the ledger’s index that %s is told of, and keeps no other recording',
  async ([, forge, stays]) => {
    const at = await copy()
    await using gateway = await openGateway(at, { copies: [] })
    const [one, two] = [await pathOf(at, 'ses_1'), await pathOf(at, 'ses_2')]
    edit(at, forge)
    await gateway.retain({ age: 0 })
    expect(gateway.metrics.retention.failures).toBe(0)
    expect([existsSync(one), existsSync(two)]).toEqual([stays, false])
    expect(gateway.told).toEqual([expect.stringContaining(': ledger_leaves ')])
  },
)

test('a row of a session that there can’t be keeps no recording', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  edit(
    at,
    `create table made as select * from sessions where id = 'ses_2';
     update made set id = '../../x', started_at = 0; insert into sessions select * from made`,
  )
  const two = await pathOf(at, 'ses_2')
  await gateway.retain({ age: 0 })
  expect(gateway.metrics.retention.failures).toBe(0)
  expect(existsSync(two)).toBe(false)
})

test('a row of the ledger’s index that was edited keeps the session that it names from being erased, and no other', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  edit(
    at,
    `update ledger_leaves set target = 'ses_1' where kind = 'gateway' and ${other};
     update ledger_leaves set kind = 'session.head' where target = 'ses_1' and kind = 'gateway'`,
  )
  const told = await gateway.erasing.erase({ person: casey.subject, reason: 'request 17' }, olu)
  expect(told).toMatchObject({ sessions: 1, differing: [{ session: 'ses_1' }] })
  expect(gateway.told).toEqual([expect.stringContaining(': ledger_leaves of ses_1, ')])
})
