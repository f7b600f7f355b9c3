import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isTampering } from '../../../src/ledger/verify/report.js'
import type { SessionSummary } from '../../../src/lib/api.js'
import { AuditView } from '../../../src/store/audit-view.js'
import { forge } from '../../recording/forge.js'
import { closed, result, start, statement } from '../../recording/sample.js'
import { tempFolder, type TempFolder } from '../../helpers/temp.js'
import { copyOf, openGateway, pathOf, type Places, placesIn, verified } from './history.js'
import * as how from './tamper.js'

let folder: TempFolder
let whole: Places
let rows: ReadonlyMap<string, SessionSummary>
let copies = 0
const copy = () => copyOf(whole, folder.file(`copy${++copies}`))

const rowsOf = async (at: Places): Promise<Map<string, SessionSummary>> => {
  using view = new AuditView(at.store)
  const found = new Map<string, SessionSummary>()
  for await (const row of view.sessions()) found.set(row.id, row)
  return found
}

/** Paths of recordings, which the store is asked for elsewhere. */
const paths = new Map<string, (at: Places) => string>()
const path = (session: string, at: Places): string => paths.get(session)!(at)

beforeAll(async () => {
  folder = await tempFolder()
  whole = placesIn(folder.file('whole'))
  {
    await using gateway = await openGateway(whole, { copies: [] })
    const owner = { subject: 'ada', name: 'ada@example.com' }
    for (const [id, more] of [
      ['ses_1', {}],
      ['ses_2', { subject: 'token:1', name: 'nightly', owner }],
      ['ses_3', {}],
    ] as const) {
      const session = await gateway.begin(id, more)
      session.run(3)
      session.refuse()
      await session.end(id === 'ses_2' ? 'killed' : 'closed')
    }
  }
  rows = await rowsOf(whole)
  for (const id of rows.keys()) {
    const full = await pathOf(whole, id)
    paths.set(id, (at) => full.replace(whole.recordings, at.recordings))
  }
})
afterAll(() => folder[Symbol.asyncDispose]())

const lose = async (at: Places): Promise<void> => {
  for (const suffix of ['', '-wal', '-shm', '.statements']) await rm(at.store + suffix, { force: true })
}

const reopened = async (at: Places, rebuild = false) => {
  await using gateway = await openGateway(at, { copies: [], rebuild })
  return gateway.ledgers.rebuilt
}

/** An end is noted an instant after the ledger has it. */
const but = (row: SessionSummary | undefined) => row && { ...row, endedAt: 0 }

const found = async (at: Places) =>
  (await verified(at)).findings.map(({ kind, session }) => (session ? `${kind} ${session}` : kind)).sort()

test('a store that was lost has its sessions again after a start, and the verification says what happened', async () => {
  const at = await copy()
  await lose(at)
  expect(await reopened(at)).toEqual({ sessions: 3, fromLedger: 0, leftOut: [] })
  const made = await rowsOf(at)
  for (const [id, row] of rows) expect(but(made.get(id))).toEqual(but(row))
  expect(await found(at)).toEqual(['store-restored'])
  expect(await reopened(at)).toBeUndefined()
})

test('what the store has stays as it is, and what it lacks is made by hand too', async () => {
  const at = await copy()
  await how.sql("update sessions set name = 'somebody' where id = 'ses_1'; delete from sessions where id = 'ses_3'")(at)
  expect(await reopened(at)).toBeUndefined()
  expect(await reopened(at, true)).toMatchObject({ sessions: 1 })
  const made = await rowsOf(at)
  expect([made.get('ses_1')?.name, but(made.get('ses_3'))]).toEqual(['somebody', but(rows.get('ses_3'))])
})

test('a recording that is not what the ledger has makes no row, nor does one that it doesn’t know', async () => {
  const at = await copy()
  await how.rewritten('ses_1', (events) => events.toSpliced(3, 2))(at)
  await how.moved('ses_3', (from) => join(dirname(from), 'ses_9.hooprec'), true)(at)
  await writeFile(path('ses_1', at).replace('ses_1', 'ses_8'), '')
  await lose(at)
  const rebuilt = await reopened(at)
  expect(rebuilt).toMatchObject({ sessions: 2, fromLedger: 0 })
  expect(new Map(rebuilt!.leftOut.map(({ session, why }) => [session, why]))).toEqual(
    new Map([
      ['ses_1', 'its file is not what the ledger says'],
      ['ses_8', expect.stringMatching(/^an empty or headless file/) as string],
      ['ses_9', expect.stringMatching(/another session’s/) as string],
    ]),
  )
  expect([...(await rowsOf(at)).keys()]).toEqual(['ses_2', 'ses_3'])
  const tampering = (await verified(at)).findings.filter(isTampering).map(({ kind, session }) => `${kind} ${session}`)
  // The copy is as new as its session: once that was a while ago, it is accused.
  const others = tampering.filter((each) => each !== 'recording-unknown ses_9')
  expect(others.sort()).toEqual(['recording-truncated ses_1', 'row-missing ses_1'])
})

test('a file that somebody put there makes no row, from before the ledger or not, by whatever name', async () => {
  const at = await copy()
  const time = '2020-02-02T10:00:00.000Z'
  const ran = [statement(1, 'SELECT * FROM secrets'), result(1), { type: 'end', at: 99, time, ...closed } as const]
  for (const [day, name, session] of [
    ['2020-02-02', 'ses_old', 'ses_old'],
    ['2020-02-02', 'ses_bo', 'ses_other'],
    ['2026-11-30', 'ses_day', 'ses_day'],
  ] as const) {
    const events = [{ ...start, session, time, subject: 'bo' }, ...ran]
    await forge(join(at.recordings, day, `${name}.hooprec`), name, time, events)
  }
  await forge(join(at.recordings, '2020-02-02', 'ses_none.hooprec'), 'ses_none', time, ran)
  await lose(at)
  const rebuilt = await reopened(at)
  expect(rebuilt).toMatchObject({ sessions: 3, fromLedger: 0 })
  const another = expect.stringMatching(/another session’s/) as string
  expect(Object.fromEntries(rebuilt!.leftOut.map(({ session, why }) => [session, why]))).toEqual({
    ses_old: expect.stringMatching(/^the ledger does not know/) as string,
    ...{ ses_bo: another, ses_day: another, ses_none: another },
  })
  expect([...(await rowsOf(at)).keys()].sort()).toEqual(['ses_1', 'ses_2', 'ses_3'])
})

test('of what was retired the ledger tells; what somebody removed is still missed', async () => {
  const at = await copy()
  {
    await using gateway = await openGateway(at, { copies: [] })
    await gateway.holds.add({ session: 'ses_2', reason: 'case' }, { subject: 'olu', name: 'olu' })
    await gateway.retain({ age: 0 })
  }
  await rm(path('ses_2', at))
  await lose(at)
  expect(await reopened(at)).toMatchObject({ sessions: 0, fromLedger: 3, leftOut: [{ session: 'ses_2' }] })
  const made = await rowsOf(at)
  expect([made.get('ses_1')?.removed?.how, made.get('ses_2')?.removed]).toEqual(['retired', undefined])
  expect(made.get('ses_1')).toMatchObject({ subject: rows.get('ses_1')!.subject, end: 'closed' })
  expect(await found(at)).toEqual(expect.arrayContaining(['recording-missing ses_2', 'store-restored']))
  await using gateway = await openGateway(at, { copies: [] })
  expect(await gateway.holds.list(false)).toHaveLength(1)
})

test('a session whose end nobody had entered yet gets row and end', async () => {
  const at = await copy()
  const early = folder.file('early')
  {
    await using gateway = await openGateway(at, { copies: [] })
    const session = await gateway.begin('ses_5')
    session.run(2)
    await gateway.ledgers.sessions.follow()
    await mkdir(early)
    await cp(at.ledger, join(early, 'ledger'), { recursive: true })
    await session.end()
  }
  await rm(at.ledger, { recursive: true })
  await rename(join(early, 'ledger'), at.ledger)
  await lose(at)
  await reopened(at, true)
  expect((await rowsOf(at)).get('ses_5')).toMatchObject({ end: 'closed', counters: { statements: 2 } })
  expect((await verified(at)).sound).toBe(true)
})
