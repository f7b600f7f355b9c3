import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile, rename, symlink, rm } from 'node:fs/promises'
import { dirname, join, basename } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contentsOf } from '../../src/ledger/log/contents.js'
import { isTampering } from '../../src/ledger/verify/report.js'
import { tempFolder, type TempFolder } from '../helpers/temp.js'
import { copyOf, openGateway, pathOf, type Places, placesIn, verified } from '../gateway/ledger/history.js'

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
  for (const [id, more] of [['ses_1', casey], ['ses_2', bo]] as const) {
    const session = await gateway.begin(id, more)
    session.run(2)
    await session.end()
  }
})
afterAll(() => folder[Symbol.asyncDispose]())
const edit = (at: Places, sql: string): void => {
  using db = new DatabaseSync(at.store)
  db.exec(`pragma busy_timeout = 3000; ${sql}`)
}
const rows = (at: Places, sql: string) => { using db = new DatabaseSync(at.store); return db.prepare(sql).all() }
const show = (name: string, what: unknown) => console.log(name, JSON.stringify(what, (_, v) => typeof v === 'bigint' ? `${v}` : v))

test.skip('A: end leaf of another session: hold by since is passed over', async () => {
  const at = await copy()
  // store only: a made-up row of a session without a file; the next start signs an end with the time that the row has
  edit(at, `insert into sessions select * from (select * from sessions where id='ses_2')  where 0`)
  const cols = rows(at, `select name from pragma_table_info('sessions')`).map((r) => (r as {name: string}).name)
  const sel = cols.map((c) => c === 'id' ? `'ses_fake'` : c === 'ended_at' ? '1577836800000' : c).join(',')
  edit(at, `insert into sessions (${cols.join(',')}) select ${sel} from sessions where id='ses_2'`)
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.holds.add({ person: casey.subject, since: '2026-01-01', reason: 'case 1' }, olu)
  await gateway.ledgers.ledger.noted()
  show('leaves', rows(at, `select leaf, kind, target from ledger_leaves`))
  edit(at, `delete from ledger_leaves where kind='session.end' and target='ses_1';
    update ledger_leaves set target='ses_1' where kind='session.end' and target='ses_fake';
    update sessions set ended_at = 1577836800000 where id='ses_1'; delete from sessions where id = 'ses_fake'`)
  const p = await pathOf(at, 'ses_1')
  await gateway.retain({ age: 0 })
  show('A by retention: on-hold recording still there?', existsSync(p))
  const found = (await verified(at)).findings.filter(isTampering)
  show('verify', found)
})

test.skip('A2: erasure of on-hold by since', async () => {
  const at = await copy()
  const cols = rows(at, `select name from pragma_table_info('sessions')`).map((r) => (r as {name: string}).name)
  const sel = cols.map((c) => c === 'id' ? `'ses_fake'` : c === 'ended_at' ? '1577836800000' : c).join(',')
  edit(at, `insert into sessions (${cols.join(',')}) select ${sel} from sessions where id='ses_2'`)
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.holds.add({ person: casey.subject, since: '2026-01-01', reason: 'case 1' }, olu)
  await gateway.ledgers.ledger.noted()
  edit(at, `delete from ledger_leaves where kind='session.end' and target='ses_1';
    update ledger_leaves set kind='session.end', target='ses_1' where kind='session.end' and target='ses_fake';
    update sessions set ended_at = 1577836800000 where id='ses_1'`)
  const p = await pathOf(at, 'ses_1')
  show('erase', await gateway.erasing.erase({ person: casey.subject, reason: 'x' }, olu).catch((e) => `${e}`))
  show('A2 still there?', existsSync(p))
})

test.skip('A3: young one retired by age, no hold: 30 days', async () => {
  const at = await copy()
  const cols = rows(at, `select name from pragma_table_info('sessions')`).map((r) => (r as {name: string}).name)
  const sel = cols.map((c) => c === 'id' ? `'ses_fake'` : c === 'ended_at' ? '1577836800000' : c).join(',')
  edit(at, `insert into sessions (${cols.join(',')}) select ${sel} from sessions where id='ses_2'`)
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.ledgers.ledger.noted()
  edit(at, `delete from ledger_leaves where kind='session.end' and target='ses_1';
    update ledger_leaves set target='ses_1' where kind='session.end' and target='ses_fake';
    update sessions set ended_at = 1577836800000 where id='ses_1'`)
  const p = await pathOf(at, 'ses_1')
  await gateway.retain({ age: 1000 })
  show('A3 still there?', existsSync(p))
})

test('B: a trigger that takes the hold out of the store as it is placed', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  edit(at, `create trigger evil before insert on acts when new.act = 'hold.add' begin
     insert into acts (time, act, target, by_subject, by_name) values (new.time, 'session.kill', 'x', 'olu','olu');
     select raise(ignore); end;
   create trigger evil2 after insert on holds begin delete from holds where id = new.id; end`)
  const hold = await gateway.holds.add({ person: casey.subject, reason: 'case 1' }, olu).catch((e) => `${e}`)
  show('B answer', hold)
  show('B in force by the ledger', gateway.ledgers.ledger.holds.inForce)
  show('B acts', rows(at, 'select number, act, target from acts'))
  const p = await pathOf(at, 'ses_1')
  await gateway.retain({ age: 0 })
  show('B still there?', existsSync(p))
  show('verify', (await verified(at)).findings.filter(isTampering))
})

test('B2: trigger on erasures act', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  edit(at, `create trigger evil before insert on acts when new.act = 'recording.erase' begin select raise(ignore); end`)
  const r = await gateway.erasing.erase({ person: casey.subject, reason: 'x' }, olu).catch((e) => `${e}`)
  show('B2 answer', r)
  show('verify', (await verified(at)).findings.filter(isTampering))
})

test('C: a made-up act of release in the store is signed by the gateway itself', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  const hold = await gateway.holds.add({ person: casey.subject, reason: 'case 1' }, olu)
  edit(at, `insert into acts (time, act, target, by_subject, by_name, subject, reason) values (unixepoch()*1000, 'hold.release', '${hold.id}', 'olu', 'olu@example.com', '${casey.subject}', 'closed');
    update holds set released_at = unixepoch()*1000, released_by='olu', released_by_name='olu@example.com', released_reason='closed' where id='${hold.id}'`)
  await gateway.ledgers.acts.entered() // as the heartbeat does each minute
  await gateway.ledgers.ledger.noted()
  const p = await pathOf(at, 'ses_1')
  await gateway.retain({ age: 0 })
  show('C still there?', existsSync(p))
  show('C verify', (await verified(at)).findings.filter(isTampering))
})

test('C2: the same in a stopped gateway', async () => {
  const at = await copy()
  let id = ''
  {
    await using gateway = await openGateway(at, { copies: [] })
    id = (await gateway.holds.add({ person: casey.subject, reason: 'case 1' }, olu)).id
  }
  edit(at, `insert into acts (time, act, target, by_subject, by_name, subject, reason) values (unixepoch()*1000, 'hold.release', '${id}', 'olu', 'olu@example.com', '${casey.subject}', 'closed');
    update holds set released_at = unixepoch()*1000, released_by='olu', released_by_name='olu@example.com', released_reason='closed' where id='${id}'`)
  await using gateway = await openGateway(at, { copies: [] })
  const p = await pathOf(at, 'ses_1')
  await gateway.retain({ age: 0 })
  show('C2 still there?', existsSync(p))
  show('C2 verify', (await verified(at)).findings.filter(isTampering))
})

test('D: an erasure that is finished removes what lies behind a link', async () => {
  const at = await copy()
  let p = ''
  {
    await using gateway = await openGateway(at, { copies: [] })
    p = await pathOf(at, 'ses_1')
    await gateway.erasing.erase({ person: casey.subject, reason: 'x' }, olu)
  }
  const elsewhere = join(at.root, 'elsewhere'); await mkdir(elsewhere)
  await rename(dirname(p), dirname(p) + '.old')
  await writeFile(join(elsewhere, basename(p)), 'something of somebody else')
  await symlink(elsewhere, dirname(p))
  edit(at, `update sessions set removed = null where id = 'ses_1'`)
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.retain({})
  show('D behind the link still there?', existsSync(join(elsewhere, basename(p))))
})

test('D2: same by retention', async () => {
  const at = await copy()
  let p = ''
  {
    await using gateway = await openGateway(at, { copies: [] })
    p = await pathOf(at, 'ses_1')
    await gateway.retain({ age: 0 })
  }
  const elsewhere = join(at.root, 'elsewhere'); await mkdir(elsewhere)
  await rename(dirname(p), dirname(p) + '.old')
  await writeFile(join(elsewhere, basename(p)), 'something of somebody else')
  await symlink(elsewhere, dirname(p))
  edit(at, `update sessions set removed = null where id = 'ses_1'`)
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.retain({})
  show('D2 behind the link still there?', existsSync(join(elsewhere, basename(p))))
})

test('E: long ledger: contents edited before resume; erased leaf forged in contents, of a session on hold', async () => {
  const at = await copy()
  {
    await using gateway = await openGateway(at, { copies: [] })
    await gateway.holds.add({ session: 'ses_2', reason: 'case 2' }, olu)
    for (let n = 0; n < 30; n++) await gateway.ledgers.ledger.write('heartbeat', { sessions: 0 })
  }
  // a start above "most" reads from resume
  { await using gateway = await openGateway(at, { copies: [], most: 5n }); show('unread', gateway.ledgers.ledger.stock.unread) }
  const p = await pathOf(at, 'ses_2')
  const { contentsPath, encodeLine } = await import('../../src/ledger/log/contents.js')
  const leaves = await import('../../src/ledger/leaves.js')
  const path = contentsPath(at.ledger, 0n)
  const lines = (await readFile(path, 'utf8')).split('\n')
  const { records } = await contentsOf(at.ledger, 0n)
  const hb = [...records].find(([, { content }]) => content.includes('"heartbeat"'))![0]
  const old = leaves.openLeaf(records.get(hb)!)
  const made = (leaves as any).sealLeaf?.({ kind: 'erased', time: old.time, session: 'ses_2', startedAt: (await started(at, 'ses_2')), endedAt: old.time, bytes: 1, by: olu, reason: 'x', act: 1, leaves: [] }) 
  show('exports', Object.keys(leaves))
  if (!made) return
  lines[Number(hb)] = encodeLine(hb, made).trimEnd()
  await writeFile(path, lines.join('\n'))
  edit(at, `update ledger_leaves set kind='erased', target='ses_2' where leaf = ${hb}`)
  await using gateway = await openGateway(at, { copies: [], most: 5n })
  await gateway.retain({})
  show('E on-hold recording still there?', existsSync(p))
  await new Promise((r) => setTimeout(r, 500))
  show('E then written?', await gateway.ledgers.ledger.write('heartbeat', { sessions: 0 }).catch((e) => `${e}`))
})
const started_ = async (at: Places, id: string) => new Date(Number((rows(at, `select started_at from sessions where id='${id}'`)[0] as any).started_at)).toISOString()
