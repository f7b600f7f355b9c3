import { readFile, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Leaf, openLeaf } from '../../../src/ledger/leaves.js'
import { readContents } from '../../../src/ledger/log/contents.js'
import { ledgerKeysText, newLedgerKeys, parseLedgerKeys } from '../../../src/ledger/log/key-file.js'
import { isTampering } from '../../../src/ledger/verify/report.js'
import { addAct } from '../../../src/store/acts.js'
import { tempFolder, type TempFolder } from '../../helpers/temp.js'
import { openRecording } from '../../../src/recording/open.js'
import { closed, start, statement } from '../../recording/sample.js'
import { counters, session } from '../../store/fixtures.js'
import { copyOf, openGateway, type Places, placesIn, verified } from './history.js'
import * as how from './tamper.js'

const olu = { subject: 'olu', name: 'olu@example.com' }
const kill = (target: string) => ({ act: 'session.kill', by: olu, target, reason: 'a reason' }) as const

let folder: TempFolder
/** As a kill left it: of one session the end, of another the beginning, and act 3 aren't entered. */
let left: Places
/** Another gateway, with the same sessions and acts. */
let other: Places
let copies = 0
const copy = () => copyOf(left, folder.file(`copy${++copies}`))

const lives = async (at: Places): Promise<Places> => {
  await using gateway = await openGateway(at, { copies: [] })
  const { index, store, ledgers } = gateway
  for (const target of ['one', 'two']) await gateway.write(kill(target))
  ;(await gateway.begin('ses_open')).run(2)
  // One that the ledger was told nothing of.
  const event = { ...start, session: 'ses_bare', time: new Date().toISOString() }
  const recorder = await openRecording(at.recordings, event)
  const { subject, name, connection, grant: grantId, time: startedAt } = event
  const of = { subject, name, connection, grantId, startedAt, policyHash: event.policy.hash }
  const client = { clientAddress: event.client.address!, clientApplication: event.client.application! }
  await index.started(session('ses_bare', { ...of, ...client }))
  recorder.close({ ...closed, end: 'closed', counters: {} })
  await recorder.released
  await index.ended('ses_bare', { end: 'closed', endedAt: new Date().toISOString(), counters })
  await addAct(store.db, kill('three'), Date.now(), ledgers.acts)
  return await copyOf(at, folder.file(`left${++copies}`))
}

beforeAll(async () => {
  folder = await tempFolder()
  left = await lives(placesIn(folder.file('one')))
  other = await lives(placesIn(folder.file('two')))
})
afterAll(() => folder[Symbol.asyncDispose]())

const leavesOf = async (at: Places): Promise<Leaf[]> => {
  const leaves: Leaf[] = []
  for await (const record of readContents(at.ledger)) leaves.push(openLeaf(record))
  return leaves
}

/** What leaves say of acts and sessions, but for heads. */
const enteredIn = async (at: Places): Promise<string[]> =>
  (await leavesOf(at)).flatMap((leaf) => {
    if (leaf.kind === 'act') return [`act ${leaf.number} ${leaf.act} ${leaf.target}${leaf.unsealed ? ' unsealed' : ''}`]
    if (leaf.kind === 'session.start')
      return [`${leaf.session} is ${leaf.subject}’s${leaf.unsealed ? ' unsealed' : ''}`]
    return leaf.kind === 'session.end' ? [`${leaf.session} ${leaf.end}${leaf.unsealed ? ' unsealed' : ''}`] : []
  })

const whole = [
  'act 1 session.kill one',
  'act 2 session.kill two',
  'act 3 session.kill three',
  'ses_bare closed',
  'ses_bare is auth0|ada’s',
  'ses_open aborted',
  'ses_open is auth0|ada’s',
]

test('what a killed gateway had written and not entered is entered by the next start', async () => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  expect((await enteredIn(at)).sort()).toEqual(whole)
  expect(gateway.told).toEqual([])
  expect(gateway.metrics.ledger.refused).toBe(0)
})

/** Puts what another gateway's store has in a table in place of what is there. */
const fromOther =
  (table: string, where: string) =>
  async (at: Places): Promise<void> =>
    how.sql(`attach '${other.store}' as other; delete from ${table} where ${where};
      insert into ${table} select * from other.${table} where ${where}`)(at)

const values = `(time, act, by_subject, by_name, target)`

interface Forgery {
  readonly what: string
  readonly forge: (at: Places) => Promise<void>
  /** As it is told. */
  readonly row: string
  /** What of the true rows it has put itself in place of. */
  readonly gone?: readonly string[]
}

const bare = ['ses_bare closed', 'ses_bare is auth0|ada’s']

/** A session's row once more, with some of its columns changed. */
const again = (set: string) =>
  how.sql(`create table made as select * from sessions where id = 'ses_bare'; update made set ${set};
    insert into sessions select * from made; drop table made`)

/** Those of one list are in one store together. */
const forgeries: readonly (readonly Forgery[])[] = [
  [
    {
      what: 'an act that nobody did',
      forge: how.sql(`insert into acts ${values} values (${Date.now()}, 'hold.release', 'olu', 'olu', 'hold1')`),
      row: 'act 4',
    },
    {
      what: 'an act with a seal that somebody has thought up',
      forge: how.sql(`insert into acts ${values} values (${Date.now()}, 'hold.release', 'olu', 'olu', 'hold1');
        insert into act_seals values (5, '${Buffer.alloc(32, 7).toString('base64url')}')`),
      row: 'act 5',
    },
    {
      what: 'an act that is there once more, under another number, with its seal',
      forge: how.sql(`insert into acts select 6, time, act, by_subject, by_name, target, subject, reason, before, after
          from acts where number = 1;
        insert into act_seals select 6, seal from act_seals where number = 1`),
      row: 'act 6',
    },
    {
      what: 'an act before the last, that has no leaf',
      forge: how.sql(
        `insert into acts (number, ${values.slice(1)} values (0, 1, 'hold.release', 'olu', 'olu', 'hold1')`,
      ),
      row: 'act 0',
    },
    {
      what: 'an act that was changed before it was entered',
      forge: how.sql(`update acts set target = 'nobody' where number = 3`),
      row: 'act 3',
      gone: ['act 3 session.kill three'],
    },
    { what: 'a session that nobody began', forge: again(`id = 'ses_z'`), row: 'session ses_z' },
    {
      what: 'a session whose id and times are none',
      forge: again(`id = '../../x', started_at = 9e18, ended_at = 'abc', removed_at = 'abc'`),
      row: 'session ../../x',
    },
    {
      what: 'a session that became somebody else’s before it was entered',
      forge: how.sql(`update sessions set subject = 'bob' where id = 'ses_bare'`),
      row: 'session ses_bare',
      gone: bare,
    },
    {
      what: 'an end of a session, of which the recording says another',
      forge: how.sql(
        `update sessions set end = 'killed', ended_at = started_at, ended_by = 'olu' where id = 'ses_open'`,
      ),
      row: 'the end of session ses_open',
    },
  ],
  [
    {
      what: 'acts that are none',
      forge:
        how.sql(`insert into acts values (9000000000000000, 'abc', 'x', 'olu', 'olu', x'00', null, null, 'no', '{');
        insert into acts values (9223372036854775806, 1e300, 'x', 'olu', 'olu', 'x', null, null, 'no', '{')`),
      row: 'act 9000000000000000',
    },
    {
      what: 'another gateway’s act, with its seal',
      forge: async (at) => {
        await fromOther('acts', 'number = 3')(at)
        await fromOther('act_seals', 'number = 3')(at)
      },
      row: 'act 3',
      gone: ['act 3 session.kill three'],
    },
    {
      what: 'another gateway’s session',
      forge: fromOther('sessions', `id = 'ses_bare'`),
      row: 'session ses_bare',
      gone: bare,
    },
    { what: 'a live session whose id is none', forge: again(`id = '../x', ended_at = null`), row: 'session ../x' },
    {
      what: 'an end of a session, with another session’s seal',
      forge: how.sql(`update sessions set end = 'closed', ended_at = started_at,
        end_seal = (select end_seal from sessions where id = 'ses_bare') where id = 'ses_open'`),
      row: 'the end of session ses_open',
    },
  ],
]

test.for(forgeries)('what no gateway has written is not entered, is told of, and stops nothing (%#)', async (list) => {
  const at = await copy()
  for (const { forge } of list) await forge(at)
  {
    await using gateway = await openGateway(at, { copies: [] })
    for (const { what, row } of list)
      expect(gateway.told, what).toContainEqual(expect.stringContaining(`: ${row}, which `))
    expect(gateway.told).toHaveLength(list.length)
    expect(gateway.metrics.ledger.refused).toBe(list.length)
    await gateway.write(kill('later'))
  }
  const gone = list.flatMap((each) => each.gone ?? [])
  const entered = await enteredIn(at)
  expect(entered.filter((each) => !each.endsWith(' later')).sort()).toEqual(
    whole.filter((each) => !gone.includes(each)),
  )
  expect(entered.at(-1)).toMatch(/^act \d+ session.kill later$/)
  const { findings } = await verified(at)
  for (const { row } of list)
    expect(findings).toContainEqual(expect.objectContaining({ kind: 'store-edited', found: row }))
  expect(findings.filter(isTampering).length).toBeGreaterThanOrEqual(list.length)
  // A start that comes behind finds the same, and no more.
  await using gateway = await openGateway(at, { copies: [] })
  await gateway.write(kill('last'))
  expect((await enteredIn(at)).length).toBe(entered.length + 1)
})

test('a release that is put into the store of a gateway that runs releases nothing, and acts go on', async () => {
  const at = placesIn(folder.file('runs'))
  await using gateway = await openGateway(at, { copies: [] })
  await (await gateway.begin('ses_1', { subject: 'casey-17' })).end()
  const hold = await gateway.holds.add({ session: 'ses_1', reason: 'case 1' }, olu)
  using db = new DatabaseSync(at.store)
  db.exec(`pragma busy_timeout = 3000;
    insert into acts ${values} values (${Date.now()}, 'hold.release', 'olu', 'olu', '${hold.id}')`)
  // It is told before a start finds it, and at once by who has the key.
  expect((await verified(at)).findings).toContainEqual(expect.objectContaining({ kind: 'row-forged', act: 2 }))
  await gateway.write(kill('later'))
  expect(gateway.ledgers.ledger.holds.isInForce(hold.id)).toBe(true)
  expect(gateway.told).toHaveLength(1)
  await gateway.write(kill('again'))
  expect(gateway.told).toHaveLength(1)
  expect((await enteredIn(at)).filter((each) => each.startsWith('act '))).toEqual([
    `act 1 hold.add ${hold.id}`,
    'act 3 session.kill later',
    'act 4 session.kill again',
  ])
})

test('an act that is changed between the store and the ledger is not answered', async () => {
  const at = placesIn(folder.file('between'))
  await using gateway = await openGateway(at, { copies: [] })
  using db = new DatabaseSync(at.store)
  db.exec(`pragma busy_timeout = 3000; drop trigger acts_no_update;
    create trigger changed after insert on act_seals begin update acts set target = 'nobody' where number = new.number; end`)
  await expect(gateway.write(kill('one'))).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' })
  db.exec('drop trigger changed')
  await gateway.write(kill('two'))
  expect((await enteredIn(at)).filter((each) => each.startsWith('act '))).toEqual(['act 2 session.kill two'])
})

test('rows from before they were sealed are taken over once, and marked', async () => {
  const at = await copy()
  await how.forked((json) => json.replace(',"sealed":true', ''))(at)
  await how.sql(`delete from act_seals; update sessions set start_seal = null, end_seal = null`)(at)
  {
    await using gateway = await openGateway(at, { copies: [] })
    expect(gateway.told).toEqual([])
  }
  const marked = (each: string) => each.startsWith('act 3') || each.startsWith('ses_bare')
  const expected = whole.map((each) => (marked(each) ? `${each} unsealed` : each))
  expect((await enteredIn(at)).sort()).toEqual(expected)
  expect(await verified(at)).toMatchObject({ sound: true })
  await how.sql(`insert into acts ${values} values (${Date.now()}, 'hold.release', 'olu', 'olu', 'hold1')`)(at)
  await using gateway = await openGateway(at, { copies: [] })
  expect(gateway.told).toHaveLength(1)
  expect((await enteredIn(at)).sort()).toEqual(expected)
})

/** Puts a new key in front. */
const rotate = async (at: Places): Promise<void> => {
  const { keys, ...log } = parseLedgerKeys(await readFile(at.keys, 'utf8'))
  const { keys: made } = newLedgerKeys('x')
  await writeFile(at.keys, ledgerKeysText({ ...log, keys: [made[0], ...keys] }))
}

test('what the key before has sealed is entered after a rotation, and nothing once a start has gone through it', async () => {
  const at = await copy()
  const former = await copyOf(at, folder.file('former'))
  await rotate(at)
  {
    await using gateway = await openGateway(at, { copies: [] })
    expect(gateway.told).toEqual([])
  }
  expect((await enteredIn(at)).sort()).toEqual(whole)
  // Whoever has the key of before seals what they like by it.
  {
    await using gateway = await openGateway(former, { copies: [] })
    await addAct(gateway.store.db, kill('four'), Date.now(), gateway.ledgers.acts)
  }
  await how.sql(`attach '${former.store}' as former; insert into acts select * from former.acts where number = 4;
    insert into act_seals select * from former.act_seals where number = 4`)(at)
  await using gateway = await openGateway(at, { copies: [] })
  expect(gateway.told).toEqual([expect.stringContaining('act 4, ')])
  expect((await enteredIn(at)).sort()).toEqual(whole)
})

test('a rotation while the gateway runs loses no act', async () => {
  const at = placesIn(folder.file('rotated'))
  let killed: Places
  {
    await using gateway = await openGateway(at, { copies: [] })
    const { ledger, acts } = gateway.ledgers
    await addAct(gateway.store.db, kill('one'), Date.now(), acts)
    await rotate(at)
    await ledger.reloadKeys()
    await addAct(gateway.store.db, kill('two'), Date.now(), acts)
    killed = await copyOf(at, folder.file('rotated-killed'))
    await gateway.write(kill('three'))
    expect(gateway.told).toEqual([])
  }
  await (await openGateway(killed, { copies: [] }))[Symbol.asyncDispose]()
  expect((await enteredIn(killed)).sort()).toEqual(['act 1 session.kill one', 'act 2 session.kill two'])
  expect((await enteredIn(at)).sort()).toEqual([
    'act 1 session.kill one',
    'act 2 session.kill two',
    'act 3 session.kill three',
  ])
})

test('a recording that somebody puts there as if a crash had left it brings no session into the ledger', async () => {
  const at = await copy()
  const event = { ...start, session: 'ses_forged', time: new Date().toISOString() }
  const recorder = await openRecording(at.recordings, event)
  recorder.record(statement(1))
  recorder.commit()
  await recorder.witness()
  const crashed = await copyOf(at, folder.file('forged'))
  recorder.close({ ...closed, counters: {} })
  await using gateway = await openGateway(crashed, { copies: [] })
  expect((await enteredIn(crashed)).sort()).toEqual(whole)
  expect(gateway.told).toEqual([expect.stringContaining('session ses_forged, ')])
  expect((await verified(crashed)).findings).toContainEqual(
    expect.objectContaining({ kind: 'recording-unknown', session: 'ses_forged' }),
  )
})
