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

const started = async (at: Places, id: string) => new Date(Number((rows(at, `select started_at from sessions where id='${id}'`)[0] as any).started_at)).toISOString()
import { contentsPath, encodeLine } from '../../src/ledger/log/contents.js'
import { sealLeaf, openLeaf } from '../../src/ledger/leaves.js'

const findLeaf = async (at: Places, text: string) => [...(await contentsOf(at.ledger, 0n)).records].find(([, { content }]) => content.includes(text))![0]
const setLine = async (at: Places, index: bigint, line: string) => {
  const path = contentsPath(at.ledger, 0n)
  const lines = (await readFile(path, 'utf8')).split('\n')
  lines[Number(index)] = line
  await writeFile(path, lines.join('\n'))
}

test('G: emptied hold.add leaf, hold deleted from the store, between two starts', async () => {
  const at = await copy()
  {
    await using gateway = await openGateway(at, { copies: [] })
    await gateway.holds.add({ session: 'ses_2', reason: 'case 2' }, olu)
    await gateway.write({ act: 'session.kill', by: olu, target: 'ses_x', reason: 'later' })
  }
  const p = await pathOf(at, 'ses_2')
  const leaf = await findLeaf(at, 'hold.add')
  const record = (await contentsOf(at.ledger, 0n)).records.get(leaf)!
  await setLine(at, leaf, encodeLine(leaf, { entry: record.entry, salt: Buffer.alloc(0), content: '' }).trimEnd())
  edit(at, `delete from holds`)
  await using gateway = await openGateway(at, { copies: [] })
  show('G started; in force', gateway.ledgers.ledger.holds.inForce)
  await gateway.retain({ age: 0 })
  show('G on-hold recording still there?', existsSync(p))
  show('G written?', await gateway.ledgers.ledger.write('heartbeat', { sessions: 0 }).catch((e) => `${e}`))
  show('G verify', (await verified(at)).findings.filter(isTampering))
})

test('F: background comparison that fails otherwise finds nothing', async () => {
  const at = await copy()
  {
    await using gateway = await openGateway(at, { copies: [] })
    for (let n = 0; n < 30; n++) await gateway.ledgers.ledger.write('heartbeat', { sessions: 0 })
  }
  { await using gateway = await openGateway(at, { copies: [], most: 5n }); await new Promise((r) => setTimeout(r, 300)) }
  const leaf = await findLeaf(at, '"session":"ses_2"')
  const old = (await contentsOf(at.ledger, 0n)).records.get(leaf)!
  const { createHash, createHmac } = await import('node:crypto')
  // an entry of the same kind and time whose content is no JSON
  const { readFile: rf } = await import('node:fs/promises')
  const src = await rf(new URL('../../src/ledger/leaves.ts', import.meta.url), 'utf8')
  const i = src.indexOf('const commitment'); show('commitment', src.slice(i, i + 300))
  // a sealLeaf with JSON.stringify made to say no JSON
  const real = JSON.stringify
  let made
  try { JSON.stringify = (() => 'ses_2 never was') as never; made = sealLeaf(openLeaf(old)) } finally { JSON.stringify = real }
  await setLine(at, leaf, encodeLine(leaf, made!).trimEnd())
  await using gateway = await openGateway(at, { copies: [], most: 5n })
  show('F unread', gateway.ledgers.ledger.stock.unread)
  await new Promise((r) => setTimeout(r, 1500))
  show('F written?', await gateway.ledgers.ledger.write('heartbeat', { sessions: 0 }).catch((e) => `${e}`))
  show('F verify', (await verified(at)).findings.filter(isTampering))
})

test('F2: contents file as FIFO / folder', async () => {
  const at = await copy()
  {
    await using gateway = await openGateway(at, { copies: [] })
    for (let n = 0; n < 560; n++) void gateway.ledgers.ledger.write('heartbeat', { sessions: 0 })
    await gateway.ledgers.ledger.write('heartbeat', { sessions: 0 })
  }
  { await using gateway = await openGateway(at, { copies: [], most: 5n }); await new Promise((r) => setTimeout(r, 300)) }
  const path = contentsPath(at.ledger, 0n)
  await rename(path, path + '.was'); await mkdir(path)
  await using gateway = await openGateway(at, { copies: [], most: 5n })
  show('F2 unread', gateway.ledgers.ledger.stock.unread)
  await new Promise((r) => setTimeout(r, 1500))
  show('F2 written?', await gateway.ledgers.ledger.write('heartbeat', { sessions: 0 }).catch((e) => `${e}`))
  show('F2 session may begin?', await gateway.begin('ses_9').then(async (s) => { await s.end(); return 'yes' }, (e) => `${e}`))
  await gateway.retain({ age: 0 })
})

test('E2: running gateway, contents and store edited: erased leaf of a session on hold', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  const hold = await gateway.holds.add({ session: 'ses_2', reason: 'case 2' }, olu)
  await gateway.ledgers.ledger.write('heartbeat', { sessions: 0 })
  await gateway.ledgers.ledger.noted()
  const p = await pathOf(at, 'ses_2')
  const hb = await findLeaf(at, '"heartbeat"')
  const old = openLeaf((await contentsOf(at.ledger, 0n)).records.get(hb)!)
  const made = sealLeaf({ kind: 'erased', time: old.time, session: 'ses_2', startedAt: await started(at, 'ses_2'), endedAt: old.time, bytes: 1, by: olu, reason: 'x', act: 1, leaves: [] } as never)
  await setLine(at, hb, encodeLine(hb, made).trimEnd())
  edit(at, `update ledger_leaves set kind='erased', target='ses_2' where leaf = ${hb}`)
  await gateway.retain({})
  show('E2 on-hold recording still there?', existsSync(p))
})

test('H: forged end by contents edit: nothing', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  // B2': an erasure whose act is swallowed, after an earlier erasure of somebody else
  await gateway.erasing.erase({ person: bo.subject, reason: 'request of bo' }, olu)
  edit(at, `create trigger evil before insert on acts when new.act = 'recording.erase' begin select raise(ignore); end`)
  show('H answer', await gateway.erasing.erase({ person: casey.subject, reason: 'x' }, olu).catch((e) => `${e}`))
  show('H verify', (await verified(at)).findings.filter(isTampering))
})
