import { existsSync } from 'node:fs'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contentsOf } from '../../../src/ledger/log/contents.js'
import { isTampering } from '../../../src/ledger/verify/report.js'
import { tempFolder, type TempFolder } from '../../helpers/temp.js'
import { copyOf, openGateway, pathOf, type Places, placesIn, verified } from '../ledger/history.js'
import * as how from '../ledger/tamper.js'

const olu = { subject: 'olu', name: 'olu@example.com' }
const casey = { subject: 'casey-17', name: 'casey@contractor.example' }
const secretText = 'SELECT secret_of_casey'

let folder: TempFolder
/** Two sessions of casey's, one by a service token of theirs, one of somebody else's. */
let whole: Places
let erased: Places
let copies = 0
const copy = (from = whole) => copyOf(from, folder.file(`copy${++copies}`))

beforeAll(async () => {
  folder = await tempFolder()
  whole = placesIn(folder.file('whole'))
  {
    await using gateway = await openGateway(whole, { copies: [] })
    const token = { subject: 'token:1', name: 'nightly', owner: casey }
    for (const [id, more] of [
      ['ses_1', casey],
      ['ses_2', {}],
      ['ses_3', casey],
      ['ses_4', token],
    ] as const) {
      const session = await gateway.begin(id, more)
      session.run(3)
      await gateway.ledgers.sessions.follow()
      if (id === 'ses_3') {
        const about = { code: 'STATEMENT_BLOCKED', sqlstate: '42501', message: 'no' }
        session.recorder.record({ type: 'refusal', at: 4, n: 4, text: secretText, ...about })
        session.recorder.commit()
      }
      await session.end()
    }
  }
  erased = await copy()
  await using gateway = await openGateway(erased, { copies: [] })
  await (await gateway.statements()).settled()
  const { act, ...told } = await gateway.erasing.erase(
    { person: 'CASEY@contractor.example', reason: 'request 17' },
    olu,
  )
  expect(told).toEqual({ person: casey, sessions: 3, held: 0, live: 0, differing: [] })
  expect(act).toBe(1)
})
afterAll(() => folder[Symbol.asyncDispose]())

/** Every byte that is kept. */
const everything = async (at: Places): Promise<string> => {
  const files = ['hoop.db.statements', 'hoop.db.statements-wal'].map((name) => join(at.root, name))
  const parts = files.filter((path) => existsSync(path)).map((path) => readFile(path, 'latin1'))
  return [...(await Promise.all(parts)), await readFile(join(at.ledger, 'contents', '000.jsonl'), 'utf8')].join('\n')
}

test('what was recorded of the person is gone, from the index and the ledger too; of others nothing is', async () => {
  expect(await everything(whole)).toContain('casey@contractor.example')
  const files = ['ses_1', 'ses_2', 'ses_3', 'ses_4'].map(async (id) => existsSync(await pathOf(erased, id)))
  expect(await Promise.all(files)).toEqual([false, true, false, false])
  const text = await everything(erased)
  expect(text).not.toContain('secret_of_casey')
  expect(text).not.toContain('nightly')
  expect(text).toContain('-- ses_2')
  expect(text).not.toContain('-- ses_1')
  // The act names whom it was about.
  const { records } = await contentsOf(erased.ledger, 0n)
  const naming = [...records.values()].filter(({ content }) => content.includes('casey'))
  expect(naming.map(({ content }) => (JSON.parse(content) as { kind: string }).kind)).toEqual(['act'])
})

test('the ledger verifies, and says who erased what and why', async () => {
  const found = await verified(erased)
  expect([found.sound, found.erased, found.sessions]).toEqual([true, 3, 1])
  expect(found.findings).toHaveLength(3)
  expect(found.findings[0]).toMatchObject({
    kind: 'recording-erased',
    session: 'ses_1',
    found: 'by olu@example.com: request 17',
  })
})

test('the statements of others are found, and those that are gone are counted as missing', async () => {
  const at = await copy(erased)
  await using gateway = await openGateway(at, { copies: [] })
  const index = await gateway.statements()
  await index.settled()
  const rows = await index.db.selectFrom('sessions').select(['id', 'subject', 'problem']).orderBy('id').execute()
  expect(rows.filter(({ problem }) => problem !== null).map(({ id, subject }) => [id, subject])).toEqual([
    ['ses_1', 'erased'],
    ['ses_3', 'erased'],
    ['ses_4', 'erased'],
  ])
  const { count } = await index.db
    .selectFrom('statements')
    .select((eb) => eb.fn.countAll().as('count'))
    .executeTakeFirstOrThrow()
  expect(Number(count)).toBe(3)
  // It goes on: what is written behind emptied lines is found again.
  await gateway.write({ act: 'session.kill', by: olu, target: 'ses_2', reason: 'x' })
  expect((await verified(at)).sound).toBe(true)
})

test('a hold wins, and what somebody altered stays as evidence', async () => {
  const at = await copy()
  await how.flip('ses_3', (bytes) => bytes.length - 20)(at)
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.holds.add({ session: 'ses_1', reason: 'case 1' }, olu)
  const told = await gateway.erasing.erase({ person: 'casey-17', reason: 'request 17' }, olu)
  expect(told).toMatchObject({ sessions: 1, held: 1, live: 0 })
  expect(told.differing).toEqual([
    { session: 'ses_3', why: expect.stringContaining('not what the ledger says') as string },
  ])
  const { findings } = await verified(at)
  expect(findings.filter(isTampering).map(({ session }) => session)).toEqual(['ses_3'])
  expect(existsSync(await pathOf(at, 'ses_1'))).toBe(true)
})

test('one that was retired before is erased too', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.retain({ age: 0 })
  expect(await gateway.erasing.erase({ person: 'casey-17', reason: 'request 17' }, olu)).toMatchObject({ sessions: 3 })
  expect(await verified(at)).toMatchObject({ sound: true, retired: 1, erased: 3 })
})

test('where the gateway stops in between, the next run finishes it, and nobody is accused meanwhile', async () => {
  const at = await copy(erased)
  // As if only the leaves had been written: the store was put back too.
  const { ledger } = await copy()
  const lines = (await readFile(join(ledger, 'contents', '000.jsonl'), 'utf8')).split('\n')
  await how.lines((all) => all.map((line, n) => (line.includes('"s":""') ? lines[n]! : line)))(at)
  for (const id of ['ses_1', 'ses_3']) await copyFile(await pathOf(whole, id), await pathOf(at, id))
  await how.rollBack('store')(at, whole)
  expect((await verified(at)).findings.filter(isTampering).map(({ kind }) => kind)).toEqual(['act-missing'])
  await using gateway = await openGateway(at, { copies: [] })
  await (await gateway.statements()).settled()
  await gateway.retain({})
  expect(existsSync(await pathOf(at, 'ses_1'))).toBe(false)
  expect(await everything(at)).not.toContain('secret_of_casey')
  const rows = await gateway.store.db.selectFrom('sessions').select(['id', 'name', 'removed']).orderBy('id').execute()
  expect(rows.filter(({ removed }) => removed === 'erased').map(({ name }) => name)).toEqual([
    'erased',
    'erased',
    'erased',
  ])
})

test.for<[string, (at: Places) => Promise<void>, string]>([
  [
    'the file comes back altered',
    async (at) => {
      await copyFile(await pathOf(whole, 'ses_1'), await pathOf(at, 'ses_1'))
      await how.flip('ses_1', (bytes) => Math.floor(bytes.length / 2))(at)
    },
    'recording-altered',
  ],
  [
    'another recording comes in its place',
    async (at) => copyFile(await pathOf(whole, 'ses_2'), await pathOf(at, 'ses_1')),
    'recording-misplaced',
  ],
  ['the act is dropped', how.sql("delete from acts where act = 'recording.erase'"), 'act-missing'],
  [
    'the leaf that says so is emptied',
    how.lines((lines, find) => emptied(lines, find('"kind\\":\\"erased'))),
    'leaf-missing',
  ],
  [
    'a leaf is emptied that nobody erased',
    how.lines((lines, find) => emptied(lines, find('\\"session\\":\\"ses_2'))),
    'leaf-missing',
  ],
])('after an erasure: %s', async ([, tamper, kind]) => {
  const at = await copy(erased)
  await tamper(at)
  const { findings } = await verified(at)
  expect(findings.filter(isTampering).map((found) => found.kind)).toContain(kind)
})

const emptied = (lines: string[], at: number): string[] => {
  const line = JSON.parse(lines[at]!) as object
  return lines.with(at, JSON.stringify({ ...line, s: '', c: '' }))
}

test('the file that comes back as it was is told of', async () => {
  const at = await copy(erased)
  await copyFile(await pathOf(whole, 'ses_1'), await pathOf(at, 'ses_1'))
  const found = await verified(at)
  expect(found.sound).toBe(true)
  expect(found.findings).toContainEqual(expect.objectContaining({ kind: 'removal-unfinished', session: 'ses_1' }))
})
