import { existsSync } from 'node:fs'
import { appendFile, cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sealLeaf } from '../../../src/ledger/leaves.js'
import { contentsOf, encodeLine } from '../../../src/ledger/log/contents.js'
import { isTampering } from '../../../src/ledger/verify/report.js'
import { tempFolder, type TempFolder } from '../../helpers/temp.js'
import { copyOf, openGateway, pathOf, type Places, placesIn, verified } from '../ledger/history.js'
import * as how from '../ledger/tamper.js'

const olu = { subject: 'olu', name: 'olu@example.com' }

let folder: TempFolder
/** Four sessions that have ended, one of bo's; none removed. */
let whole: Places
let copies = 0
const copy = () => copyOf(whole, folder.file(`copy${++copies}`))

beforeAll(async () => {
  folder = await tempFolder()
  whole = placesIn(folder.file('whole'))
  await using gateway = await openGateway(whole, { copies: [] })
  for (const [id, more] of [
    ['ses_1'],
    ['ses_2', { subject: 'bo', name: 'bo@example.com' }],
    ['ses_3'],
    ['ses_4'],
  ] as const) {
    const session = await gateway.begin(id, more)
    session.run(3)
    await session.end()
  }
})
afterAll(() => folder[Symbol.asyncDispose]())

const there = async (at: Places): Promise<string[]> => {
  const all = ['ses_1', 'ses_2', 'ses_3', 'ses_4']
  const paths = await Promise.all(all.map((session) => pathOf(at, session)))
  return all.filter((_, n) => existsSync(paths[n]!))
}

const kinds = async (at: Places) => {
  const { findings, retired } = await verified(at)
  return { retired, findings: findings.map(({ kind, session }) => (session ? `${kind} ${session}` : kind)) }
}

test('what is older goes, what is on hold or goes on stays, and nobody is accused of it', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  const live = await gateway.begin('ses_5')
  live.run()
  await gateway.holds.add({ person: 'BO@example.com', reason: 'case 1' }, olu)
  await gateway.retain({ age: 0 })
  expect(await there(at)).toEqual(['ses_2'])
  expect(existsSync(await pathOf(at, 'ses_5'))).toBe(true)
  expect(await kinds(at)).toEqual({ retired: 3, findings: [] })
  expect(gateway.metrics.retention).toMatchObject({ recordings: 2, removed: { age: 3, size: 0 }, failures: 0 })
  const { removed } = await gateway.store.db
    .selectFrom('sessions')
    .select('removed')
    .where('id', '=', 'ses_1')
    .executeTakeFirstOrThrow()
  expect(removed).toBe('retired')
  await live.end()
})

test('of what takes too much room the oldest go, and no more than has to', async () => {
  const at = await copy()
  const bytes = await Promise.all(
    ['ses_1', 'ses_2', 'ses_3', 'ses_4'].map(async (id) => (await readFile(await pathOf(at, id))).length),
  )
  const all = bytes.reduce((sum, one) => sum + one, 0)
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.retain({ size: all })
  expect(await there(at)).toHaveLength(4)
  await gateway.retain({ size: all - bytes[0]! - 1 })
  expect(await there(at)).toEqual(['ses_3', 'ses_4'])
  expect(gateway.metrics.retention).toMatchObject({ recordings: 2, bytes: bytes[2]! + bytes[3]! })
  expect(await kinds(at)).toEqual({ retired: 2, findings: [] })
})

test('what somebody removed or altered isn’t removed, nor excused', async () => {
  const at = await copy()
  await rm(await pathOf(at, 'ses_1'))
  const path = await pathOf(at, 'ses_3')
  await writeFile(path, (await readFile(path)).subarray(0, -60))
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.retain({ age: 0 })
  expect(await there(at)).toEqual(['ses_3'])
  const { findings } = await kinds(at)
  expect(findings.sort()).toEqual(['recording-missing ses_1', 'recording-truncated ses_3'])
})

test('a run that was stopped behind its leaf is finished by the next, and accuses nobody meanwhile', async () => {
  const [at, before] = [await copy(), await copy()]
  {
    await using gateway = await openGateway(at, { copies: [] })
    await gateway.retain({ age: 0 })
  }
  await cp(before.recordings, at.recordings, { recursive: true })
  await how.sql("update sessions set removed = null, removed_at = null where id <> 'ses_4'")(at)
  expect((await kinds(at)).findings.sort()).toEqual([1, 2, 3, 4].map((n) => `removal-unfinished ses_${n}`))
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.holds.add({ session: 'ses_2', reason: 'case 2' }, olu)
  await gateway.retain({})
  // The hold came too late for the leaf, and in time for the file. The fourth was put back by somebody.
  expect(await there(at)).toEqual(['ses_2', 'ses_4'])
  expect(await kinds(at)).toEqual({ retired: 4, findings: ['removal-unfinished ses_2', 'removal-unfinished ses_4'] })
})

test('a run that fails is told of and made up for by the next', async () => {
  const at = await copy()
  const refuse = "create trigger full before update of removed on sessions begin select raise(abort, 'disk full'); end"
  await how.sql(refuse)(at)
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.retain({ age: 0 })
  expect(gateway.metrics.retention).toMatchObject({ failures: 1, removed: { age: 0 } })
  expect((await verified(at)).sound).toBe(true)
  await how.sql('drop trigger full')(at)
  await gateway.retain({ age: 0 })
  expect(gateway.metrics.retention.failures).toBe(1)
  const left = gateway.store.db.selectFrom('sessions').select('id').where('removed', 'is', null)
  expect(await left.execute()).toEqual([])
  expect(await kinds(at)).toEqual({ retired: 4, findings: [] })
})

test('nothing goes while somebody takes the record along', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.retain({ age: 0 }, true)
  expect(await there(at)).toHaveLength(4)
})

const retired = (session: string, time = new Date().toISOString()) =>
  ({ kind: 'retired', time, session, startedAt: time, endedAt: time, bytes: 1, why: 'age', limit: 0 }) as const

/** Puts a line behind those that are signed, as whoever can write the file can. */
const forgedLine = (session: string) => async (at: Places) => {
  const { records } = await contentsOf(at.ledger, 0n)
  await appendFile(
    join(at.ledger, 'contents', '000.jsonl'),
    encodeLine(BigInt(records.size), sealLeaf(retired(session))),
  )
}

test('a removal’s leaf that nobody signed excuses nothing, and no start signs it', async () => {
  const at = await copy()
  await rm(await pathOf(at, 'ses_3'))
  await forgedLine('ses_3')(at)
  expect((await kinds(at)).findings).toContain('recording-missing ses_3')
  await (await openGateway(at, { copies: [] }))[Symbol.asyncDispose]()
  expect(await kinds(at)).toEqual({ retired: 0, findings: ['recording-missing ses_3'] })
})

test.for<[string, (at: Places) => Promise<void>, string]>([
  ['a session that goes on', (at) => how.goesOn(retired('ses_5'))(at), 'removed-open ses_5'],
  [
    'another recording than was entered',
    (at) => how.goesOn({ ...retired('ses_1'), head: '00' })(at),
    'recording-altered ses_1',
  ],
  ['a session on hold', (at) => how.goesOn(retired('ses_2'))(at), 'removed-on-hold ses_2'],
])('whoever has the key can’t excuse the removal of %s', async ([, tamper, expected]) => {
  const at = await copy()
  {
    await using gateway = await openGateway(at, { copies: [] })
    const live = await gateway.begin('ses_5')
    live.run()
    await gateway.holds.add({ person: 'bo', reason: 'case 1' }, olu)
    await gateway.ledgers.sessions.follow()
    await cp(at.ledger, folder.file(`ledger${copies}`), { recursive: true })
    await live.end()
  }
  if (expected.endsWith('ses_5')) {
    await rm(at.ledger, { recursive: true })
    await cp(folder.file(`ledger${copies}`), at.ledger, { recursive: true })
  }
  await tamper(at)
  await rm(await pathOf(at, expected.split(' ')[1]!))
  const { findings } = await verified(at)
  expect(findings.filter(isTampering).map(({ kind, session }) => `${kind} ${session}`)).toContain(expected)
})

test('a hold that is released lets its recordings go; where the release is dropped, it shows', async () => {
  const at = await copy()
  {
    await using gateway = await openGateway(at, { copies: [] })
    const hold = await gateway.holds.add({ person: 'bo', reason: 'case 1' }, olu)
    await gateway.holds.release(hold.id, 'closed', olu)
    await gateway.retain({ age: 0 })
  }
  expect(await kinds(at)).toEqual({ retired: 4, findings: [] })
  const dropped = await copyOf(at, folder.file('dropped'))
  await how.sql("delete from acts where act = 'hold.release'")(dropped)
  expect((await kinds(dropped)).findings).toEqual(['act-missing'])
  await how.lines((lines, find) => lines.toSpliced(find('hold.release'), 1))(at)
  expect((await kinds(at)).findings).toEqual(expect.arrayContaining(['leaf-missing', 'removed-on-hold ses_2']))
})

test('holds of a store that was put back come from the ledger', async () => {
  const at = await copy()
  const early = await copyOf(at, folder.file('early'))
  {
    await using gateway = await openGateway(at, { copies: [] })
    await gateway.holds.add({ person: 'bo', reason: 'case 1' }, olu)
    const other = await gateway.holds.add({ session: 'ses_1', reason: 'case 2' }, olu)
    await gateway.holds.release(other.id, 'closed', olu)
  }
  await how.rollBack('store')(at, early)
  await using gateway = await openGateway(at, { copies: [] })
  expect(await gateway.holds.list(false)).toMatchObject([{ person: { subject: 'bo' }, sessions: 1 }])
  await gateway.retain({ age: 0 })
  expect(await there(at)).toEqual(['ses_2'])
  expect((await verified(at)).findings.filter(isTampering).map(({ kind }) => kind)).not.toContain('removed-on-hold')
})
