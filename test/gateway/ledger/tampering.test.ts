import { copyFile, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StartEvent } from '../../../src/recording/events.js'
import type { FindingKind } from '../../../src/ledger/verify/report.js'
import { tempFolder, type TempFolder } from '../../helpers/temp.js'
import { copyOf, openGateway, pathOf, type Places, placesIn, verified } from './history.js'
import * as how from './tamper.js'

let folder: TempFolder
let whole: Places
let early: Places

const act = (target: string) =>
  ({ act: 'session.kill', by: { subject: 'olu', name: 'olu@example.com' }, target, reason: 'a reason' }) as const

/** Three sessions and three acts; `early` is a copy from when there was one of each. */
beforeAll(async () => {
  folder = await tempFolder()
  whole = placesIn(folder.file('whole'))
  {
    await using gateway = await openGateway(whole)
    const first = await gateway.begin('ses_a')
    first.run(5)
    await first.end()
    await gateway.write(act('ses_x'))
  }
  early = await copyOf(whole, folder.file('early'))
  await using gateway = await openGateway(whole)
  const [second, third] = [await gateway.begin('ses_b'), await gateway.begin('ses_c', { subject: 'bo' })]
  second.run(3)
  await gateway.ledgers.sessions.follow()
  second.refuse()
  second.run(2)
  third.run(4)
  await second.end('killed')
  await gateway.write(act('ses_b'))
  await third.end()
  await gateway.write({ ...act('req_1'), act: 'approval.approve', subject: 'bo' })
  await gateway.copied()
})

afterAll(() => folder[Symbol.asyncDispose]())

type Tamper = (at: Places, early: Places) => Promise<unknown>
interface Expected {
  readonly kind: FindingKind
  readonly session?: string
  readonly act?: number
  readonly frame?: number
}
const of = (kind: FindingKind, session = 'ses_b', frame?: number): Expected => ({
  kind,
  session,
  ...(frame !== undefined && { frame }),
})
const altered = of('recording-altered')

const middle = 4 // a piece: the header is 0, so this is frame 3
const tampering: readonly (readonly [
  string,
  Tamper,
  Expected,
  { readonly withCopies?: true; readonly remembers?: true; readonly withKey?: false }?,
])[] = [
  ['a bit of a frame’s payload flipped', how.flip('ses_b', (bytes) => Math.floor(bytes.length / 2)), altered],
  ['a bit of the header flipped', how.flip('ses_b', () => 20), of('recording-altered', 'ses_b', 0)],
  [
    'a checksum flipped',
    how.inPieces('ses_b', (pieces) => (pieces[middle]!.writeUInt8(pieces[middle]![8]! ^ 1, 8), pieces)),
    of('recording-altered', 'ses_b', 3),
  ],
  [
    'a value of the chain flipped',
    how.inPieces('ses_b', (pieces) => (pieces[middle]!.writeUInt8(pieces[middle]![20]! ^ 1, 20), pieces)),
    of('recording-altered', 'ses_b', 3),
  ],
  [
    'a frame dropped',
    how.inPieces('ses_b', (pieces) => pieces.toSpliced(middle, 1)),
    of('recording-altered', 'ses_b', 3),
  ],
  ['the last frame before the index dropped', how.inPieces('ses_b', (pieces) => pieces.toSpliced(-3, 1)), altered],
  ['index and trailer dropped', how.inPieces('ses_b', (pieces) => pieces.slice(0, -2)), of('recording-truncated')],
  ['the trailer dropped', how.inPieces('ses_b', (pieces) => pieces.slice(0, -1)), of('recording-truncated')],
  [
    'the trailer overwritten with zeros',
    how.inPieces('ses_b', (pieces) => [...pieces.slice(0, -1), Buffer.alloc(52)]),
    of('recording-truncated'),
  ],
  [
    'the end dropped from the middle on',
    how.inPieces('ses_b', (pieces) => pieces.slice(0, middle)),
    of('recording-truncated', 'ses_b', 3),
  ],
  [
    'two frames in another order',
    how.inPieces('ses_b', (pieces) => pieces.toSpliced(middle, 2, pieces[middle + 1]!, pieces[middle]!)),
    of('recording-altered', 'ses_b', 3),
  ],
  [
    'a frame twice',
    how.inPieces('ses_b', (pieces) => pieces.toSpliced(middle, 0, pieces[middle]!)),
    of('recording-altered', 'ses_b', 4),
  ],
  ['something behind the end', how.inPieces('ses_b', (pieces) => [...pieces, pieces[middle]!]), altered],
  [
    'a frame of another session in its place',
    how.inPieces('ses_b', (pieces, other) => pieces.toSpliced(middle, 1, other[middle]!), 'ses_c'),
    of('recording-altered', 'ses_b', 3),
  ],
  [
    'the tail of another session behind its beginning',
    how.inPieces('ses_b', (pieces, other) => [...pieces.slice(0, middle), ...other.slice(middle)], 'ses_c'),
    of('recording-altered', 'ses_b', 3),
  ],
  ['cut in the middle of a frame', async (at) => truncate(await pathOf(at, 'ses_b'), 700), of('recording-truncated')],
  ['cut to its header', how.inPieces('ses_b', ([header]) => [header!]), of('recording-truncated', 'ses_b', 0)],
  ['emptied', async (at) => truncate(await pathOf(at, 'ses_b'), 0), altered],
  [
    'another session’s file in its place',
    async (at) => copyFile(await pathOf(at, 'ses_c'), await pathOf(at, 'ses_b')),
    of('recording-misplaced'),
  ],
  [
    'rewritten whole with another statement',
    how.rewritten('ses_b', (events) =>
      events.map((event) => (event.type === 'statement' ? { ...event, text: 'SELECT 1' } : event)),
    ),
    altered,
  ],
  ['rewritten whole without a statement', how.rewritten('ses_b', (events) => events.toSpliced(3, 2)), altered],
  ['rewritten whole with one more', how.rewritten('ses_b', (events) => events.toSpliced(3, 0, events[3]!)), altered],
  [
    'rewritten whole without its refusal',
    how.rewritten('ses_b', (events) => events.filter(({ type }) => type !== 'refusal')),
    of('recording-truncated'),
  ],
  [
    'rewritten whole as another person’s',
    how.rewritten('ses_b', (events) =>
      events.map((event) => (event.type === 'start' ? { ...event, subject: 'somebody' } : event)),
    ),
    of('recording-altered', 'ses_b', 0),
  ],
  [
    'rewritten whole as of another time',
    how.rewritten('ses_b', (events) => events, '2026-01-01T00:00:00.000Z'),
    of('recording-altered', 'ses_b', 0),
  ],
  [
    'rewritten whole with other results',
    how.rewritten('ses_b', (events) =>
      events.map((event) => (event.type === 'result' ? { ...event, rows: 0 } : event)),
    ),
    altered,
  ],
  [
    'rewritten whole as of before everything',
    how.rewritten('ses_b', (events) => [
      { ...(events[0] as StartEvent), time: '1960-01-01T00:00:00.000Z' },
      ...events.slice(-1),
    ]),
    of('recording-altered', 'ses_b', 0),
  ],
  [
    'rewritten frame for frame, and its end entered once more',
    async (at, before) =>
      how.inOrder(
        at,
        before,
        how.framesRewritten('ses_b', (text) => text.replaceAll('SELECT 2', 'SELECT 9')),
        how.reentered('session.end'),
      ),
    of('leaf-contradicted'),
  ],
  [
    'rewritten frame for frame, with another end of the same kind',
    async (at, before) =>
      how.inOrder(
        at,
        before,
        how.framesRewritten('ses_c', (text) => text.replaceAll('SELECT 2', 'SELECT 9')),
        how.reentered('session.end'),
      ),
    of('recording-altered', 'ses_c'),
  ],
  [
    'an invented one of a time to come',
    async (at) => {
      const path = await pathOf(at, 'ses_b')
      await copyFile(path, path.replace('ses_b', 'ses_q'))
      await how.sql(
        `create table made as select * from sessions where id = 'ses_b'; update made set id = 'ses_q'; insert into sessions select * from made`,
      )(at)
      await how.rewritten('ses_q', (events) =>
        events.map((event) =>
          event.type === 'start' ? { ...event, session: 'ses_q', time: '2099-01-01T00:00:00.000Z' } : event,
        ),
      )(at)
    },
    of('recording-unknown', 'ses_q'),
  ],
  [
    'moved away, with a link in its place',
    async (at) => {
      const path = await pathOf(at, 'ses_b')
      await rename(path, join(at.root, 'elsewhere'))
      await symlink(join(at.root, 'elsewhere'), path)
    },
    altered,
  ],
  ['the recording deleted', async (at) => rm(await pathOf(at, 'ses_b')), of('recording-missing')],
  [
    'all recordings of the day deleted',
    async (at) => rm(dirname(await pathOf(at, 'ses_b')), { recursive: true }),
    of('recording-missing', 'ses_a'),
  ],
  [
    'the recording and its row deleted',
    async (at) => (await rm(await pathOf(at, 'ses_b')), how.sql(`delete from sessions where id = 'ses_b'`)(at)),
    of('recording-missing'),
  ],
  [
    'moved to another day',
    how.moved('ses_b', (path) => path.replace(/\d{4}-\d\d-\d\d/, '2027-01-01')),
    of('recording-misplaced'),
  ],
  ['under another name', how.moved('ses_b', (path) => path.replace('ses_b', 'ses_q')), of('recording-missing')],
  [
    'a second file of the session',
    how.moved('ses_b', (path) => path.replace(/\d{4}-\d\d-\d\d/, '2027-01-01'), true),
    of('recording-unknown'),
  ],
  ['its row deleted', how.sql(`delete from sessions where id = 'ses_b'`), of('row-missing')],
  ['all rows deleted', how.sql('delete from sessions'), of('row-missing', 'ses_a')],
  ['the row is another person’s', how.sql(`update sessions set subject = 'x' where id = 'ses_b'`), of('row-altered')],
  ['the row has another name', how.sql(`update sessions set name = 'x' where id = 'ses_b'`), of('row-altered')],
  [
    'the row is of another connection',
    how.sql(`update sessions set connection = 'x' where id = 'ses_b'`),
    of('row-altered'),
  ],
  [
    'the row’s beginning shifted by an hour',
    how.sql(`update sessions set started_at = started_at + 3600000 where id = 'ses_b'`),
    of('row-altered'),
  ],
  [
    'the row’s end shifted by an hour',
    how.sql(`update sessions set ended_at = ended_at + 3600000 where id = 'ses_b'`),
    of('row-altered'),
  ],
  ['the row ended otherwise', how.sql(`update sessions set "end" = 'closed' where id = 'ses_b'`), of('row-altered')],
  ['the row’s policy replaced', how.sql(`update sessions set policy_hash = 'x' where id = 'ses_b'`), of('row-altered')],
  [
    'the row counts fewer statements',
    how.sql(`update sessions set statements = 1 where id = 'ses_b'`),
    of('row-altered'),
  ],
  ['the row counts no refusal', how.sql(`update sessions set refused = 0 where id = 'ses_b'`), of('row-altered')],
  ['the row counts fewer rows', how.sql(`update sessions set rows = 0 where id = 'ses_b'`), of('row-altered')],
  ...(
    [
      ['client’s address', `client_address = '10.0.0.9'`],
      ['client’s program', `client_application = 'x'`],
      ['owner', `owner = 'x', owner_name = 'x'`],
      ['mistakes', 'errors = 7'],
      ['bytes', 'bytes = 1'],
      ['masked values', 'masked = 99'],
      ['observed statements', 'observed = 5'],
      ['last refusal', 'last_refusal = null'],
      ['name of who ended it', `ended_by_name = 'x', ended_by = 'x'`],
    ] as const
  ).map(([what, set]): (typeof tampering)[number] => [
    `the row’s ${what} changed`,
    how.sql(`update sessions set ${set} where id = 'ses_b'`),
    of('row-altered'),
  ]),
  [
    'the row’s end wiped',
    async (at, before) =>
      how.inOrder(
        at,
        before,
        how.sql(`update sessions set ended_at = null, "end" = null, statements = 0 where id = 'ses_b'`),
        how.goesOn(),
      ),
    of('row-altered'),
  ],
  [
    'a session invented in the store',
    how.sql(
      `create table made as select * from sessions where id = 'ses_b'; update made set id = 'ses_z'; insert into sessions select * from made`,
    ),
    of('row-unknown', 'ses_z'),
  ],
  ['an act deleted', how.sql('delete from acts where number = 2'), { kind: 'act-missing', act: 2 }],
  ['all acts deleted', how.sql('delete from acts'), { kind: 'act-missing', act: 1 }],
  [
    'an act’s reason replaced',
    how.sql(`update acts set reason = 'another' where number = 2`),
    { kind: 'act-altered', act: 2 },
  ],
  [
    'an act is somebody else’s',
    how.sql(`update acts set by_subject = 'x' where number = 2`),
    { kind: 'act-altered', act: 2 },
  ],
  [
    'an act’s time shifted',
    how.sql('update acts set time = time - 3600000 where number = 2'),
    { kind: 'act-altered', act: 2 },
  ],
  [
    'an approval turned into a denial',
    how.sql(`update acts set act = 'approval.deny' where number = 3`),
    { kind: 'act-altered', act: 3 },
  ],
  [
    'an act invented before the last',
    how.sql(
      'create table made as select * from acts where number = 1; update made set number = 0; insert into acts select * from made',
    ),
    { kind: 'act-unknown', act: 0 },
  ],
  [
    'an act changed, and entered once more by whoever has the key',
    async (at, before) =>
      how.inOrder(at, before, how.sql(`update acts set reason = 'another' where number = 2`), how.reentered('act')),
    { kind: 'leaf-contradicted', act: 2 },
  ],
  [
    'an act kept out of the ledger',
    async (at, before) =>
      how.inOrder(
        at,
        before,
        how.sql(
          'create table made as select * from acts where number = 1; update made set number = 9; insert into acts select * from made',
        ),
        how.goesOn(),
      ),
    { kind: 'row-forged', act: 9 },
  ],
  [
    'an act kept out of the ledger, where the key isn’t at hand',
    async (at, before) =>
      how.inOrder(
        at,
        before,
        how.sql(
          'create table made as select * from acts where number = 1; update made set number = 9; insert into acts select * from made',
        ),
        how.goesOn(),
      ),
    { kind: 'never-entered', act: 9 },
    { withKey: false },
  ],
  [
    'an act of a time to come',
    how.sql(
      'create table made as select * from acts where number = 1; update made set number = 9, time = 4070908800000; insert into acts select * from made',
    ),
    { kind: 'never-entered', act: 9 },
    { withKey: false },
  ],
  [
    'a leaf that makes no sense, signed by whoever has the key',
    how.goesOn({ kind: 'session.end', time: new Date().toISOString(), session: 'ses_b', endedAt: 7 } as never),
    of('leaf-altered'),
  ],
  [
    'an act by nobody, signed by whoever has the key',
    how.goesOn({ kind: 'act', time: new Date().toISOString(), number: 9, at: 'x' } as never),
    { kind: 'leaf-altered' },
  ],
  ['recordings taken back', how.rollBack('recordings'), of('recording-missing')],
  ['the store taken back', how.rollBack('store'), of('row-missing')],
  ['the ledger taken back', how.rollBack('ledger'), of('recording-unknown')],
  ['ledger and store taken back', how.rollBack('ledger', 'store'), of('recording-unknown')],
  ['store and recordings taken back', how.rollBack('recordings', 'store'), of('recording-missing')],
  ['ledger and recordings taken back', how.rollBack('ledger', 'recordings'), of('row-unknown')],
  [
    'everything taken back but the copies',
    how.rollBack('ledger', 'recordings', 'store'),
    { kind: 'ledger-rolled-back' },
    { withCopies: true },
  ],
  [
    'an old checkpoint replayed',
    async (at, before) => copyFile(join(before.ledger, 'checkpoint'), join(at.ledger, 'checkpoint')),
    of('recording-unknown'),
  ],
  ['the checkpoint signed by another key', how.signedByAnother, { kind: 'checkpoint-signature' }],
  ['the checkpoint of a larger tree', how.larger, { kind: 'checkpoint-signature' }],
  ['the checkpoint removed', async (at) => rm(join(at.ledger, 'checkpoint')), { kind: 'checkpoint-missing' }],
  [
    'the log forked by whoever has its key',
    how.forked((json) => json.replace('a reason', 'another')),
    { kind: 'ledger-forked' },
    { withCopies: true },
  ],
  [
    'the log forked to match a deletion',
    async (at, before) =>
      how.inOrder(
        at,
        before,
        how.forked((json) => json.replaceAll('ses_b', 'ses_n')),
        how.sql(`delete from sessions where id = 'ses_b'`),
      ),
    of('recording-unknown'),
  ],
  ['the log and its key replaced', how.anotherLog, { kind: 'ledger-other' }, { remembers: true }],
  [
    'a bundle of entries changed',
    async (at) => writeFile(await how.bundlePath(at), (await readFile(await how.bundlePath(at))).with(30, 1)),
    { kind: 'entry-altered' },
  ],
  [
    'a tile changed',
    async (at) => writeFile(await how.tilePathOf(at), (await readFile(await how.tilePathOf(at))).with(30, 1)),
    { kind: 'tile-altered' },
  ],
  [
    'what a leaf says changed',
    how.lines((all, find) => all.with(find('ses_b'), all[find('ses_b')]!.replace('auth0|ada', 'auth0|bob'))),
    of('leaf-altered'),
  ],
  [
    'a leaf’s line made unreadable',
    how.lines((all, find) => all.with(find('ses_b'), all[find('ses_b')]!.slice(0, -3))),
    of('leaf-altered'),
  ],
  ['a leaf’s line removed', how.lines((all, find) => all.toSpliced(find('ses_b'), 1)), { kind: 'leaf-missing' }],
  ['the last lines removed', how.lines((all) => all.slice(0, -3)), { kind: 'leaf-missing' }],
  [
    'a leaf’s line sealed anew',
    how.resealedLine('ses_b', (json) => json.replace('auth0|ada', 'auth0|bob')),
    of('entry-altered'),
  ],
  [
    'a leaf and its entry sealed anew',
    how.resealedEntry('ses_b', (json) => json.replace('auth0|ada', 'auth0|bob')),
    { kind: 'tree-mismatch' },
  ],
]

test('the history that is altered below is sound', async () => {
  expect(await verified(whole, { withCopies: true })).toMatchObject({
    sound: true,
    findings: [],
    sessions: 3,
    recordings: 3,
    acts: 3,
  })
})

test.for(tampering)('%s: found', async ([, tamper, expected, options = {}], { task }) => {
  const at = await copyOf(whole, folder.file(task.id))
  await tamper(at, early)
  const checkpoint = await readFile(join(whole.ledger, 'checkpoint'), 'utf8')
  const seen = options.remembers ? { seen: [{ checkpoint, where: 'the last time' }] } : {}
  // A minute on: nothing has just happened.
  const taken = Date.now() + 60_000
  const { withCopies = false, withKey = true } = options
  const { sound, findings } = await verified(at, { withCopies, withKey, taken, ...seen })
  expect(findings).toContainEqual(expect.objectContaining(expected))
  expect(sound).toBe(false)
  await rm(at.root, { recursive: true })
})

test('tiles that are gone lose nothing: it is said, and no accusation', async () => {
  const at = await copyOf(whole, folder.file('without-tiles'))
  const paths = [await how.bundlePath(at), await how.tilePathOf(at)]
  for (const path of paths) await rm(dirname(path), { recursive: true })
  const { sound, findings } = await verified(at, { withCopies: true })
  expect(findings).toEqual([
    { kind: 'tile-missing', found: 'tile/entries/000' },
    expect.objectContaining({ kind: 'tile-missing', found: expect.stringContaining('tile/0/000') as unknown }),
  ])
  expect(sound).toBe(true)
  await how.lines((all) => all.slice(0, -1))(at)
  expect((await verified(at)).findings).toContainEqual({ kind: 'tile-altered', found: 'tile/entries/000' })
})

test('there are more than forty kinds', () => {
  expect(tampering.length).toBeGreaterThan(60)
})
