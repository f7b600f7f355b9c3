import { appendFile, cp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readBundle } from '../../../src/ledger/bundle/read.js'
import { writeBundle } from '../../../src/ledger/bundle/write.js'
import { ledgerKeysText, loadLedgerKeys, newLedgerKeys, parseLedgerKeys } from '../../../src/ledger/log/key-file.js'
import { verifyLedger } from '../../../src/ledger/verify/verify.js'
import { AuditView } from '../../../src/store/audit-view.js'
import type { SessionSummary } from '../../../src/lib/api.js'
import { addAct } from '../../../src/store/acts.js'
import { tempFolder } from '../../helpers/temp.js'
import type { HoopError } from '../../../src/lib/errors.js'
import { closed, start } from '../../recording/sample.js'
import { copyOf, openGateway, pathOf, type Places, placesIn, verified } from './history.js'

const olu = { subject: 'olu', name: 'olu' }

const runs = Number(process.env['HOOP_TEST_FUZZ'] ?? 6)

type Gateway = Awaited<ReturnType<typeof openGateway>>
type Session = Awaited<ReturnType<Gateway['begin']>>

const rotated = async (at: Places): Promise<void> => {
  const { origin, keys } = parseLedgerKeys(await readFile(at.keys, 'utf8'))
  await writeFile(at.keys, ledgerKeysText({ origin, keys: [newLedgerKeys('x').keys[0], ...keys] }))
}

interface Stage {
  gateway: Gateway
  at: Places
  readonly live: Session[]
  sessions: number
  readonly folder: (name: string) => string
}

/** What can happen to a gateway. None of it is anybody's doing. */
const deeds: Record<string, (stage: Stage) => Promise<void>> = {
  begin: async (stage) => void stage.live.push(await stage.gateway.begin(`ses_${String(++stage.sessions)}`)),
  run: async ({ live }) => live.forEach((session) => session.run(2)),
  refuse: async ({ live }) => live[0]?.refuse(),
  follow: async ({ gateway }) => gateway.ledgers.sessions.follow(),
  end: async ({ live }) => live.shift()?.end(),
  act: async ({ gateway }) =>
    gateway.write({ act: 'person.restore', by: { subject: 'olu', name: 'olu' }, target: 'bo', after: { until: 1 } }),
  read: async ({ gateway }) =>
    void (await gateway.ledgers.ledger.write('read', { by: { subject: 'i', name: 'i' }, what: 'GET /v1/acts' })),
  retain: async ({ gateway }) => gateway.retain({ age: 0 }),
  hold: async ({ gateway }) => void (await gateway.holds.add({ since: '2020-01-01T00:00:00Z', reason: 'x' }, olu)),
  release: async ({ gateway }) => {
    for (const { id } of await gateway.holds.list(false)) await gateway.holds.release(id, 'x', olu)
  },
  erase: async ({ gateway }) => {
    const erased = gateway.erasing.erase({ person: start.subject, reason: 'x' }, olu)
    await erased.catch((error: HoopError) => expect(error.code).toBe('NOT_FOUND'))
  },
  stop: async (stage) => {
    for (const session of stage.live.splice(0)) await session.end()
    await stage.gateway[Symbol.asyncDispose]()
    stage.gateway = await openGateway(stage.at)
  },
  rotate: async (stage) => {
    await rotated(stage.at)
    await stage.gateway.ledgers.ledger.reloadKeys()
  },
  // What is on disk at this instant is what a killed gateway leaves; the next one goes on from there.
  crash: async (stage) => {
    const copy = await copyOf(stage.at, stage.folder(`after-${stage.sessions}-${performance.now()}`))
    for (const session of stage.live.splice(0)) await session.end()
    await stage.gateway[Symbol.asyncDispose]()
    await appendFile(join(copy.ledger, 'contents', '000.jsonl'), '{"i":"9')
    stage.at = copy
    stage.gateway = await openGateway(copy)
  },
}

test(
  'histories in which nobody altered anything are never accused',
  async () => {
    const names = fc.array(fc.constantFrom(...Object.keys(deeds)), { minLength: 4, maxLength: 7 })
    await fc.assert(
      fc.asyncProperty(names, async (happens) => {
        await using folder = await tempFolder()
        const at = placesIn(folder.file('first'))
        const stage: Stage = {
          gateway: await openGateway(at),
          at,
          live: [],
          sessions: 0,
          folder: (name) => folder.file(name),
        }
        const { signers } = await loadLedgerKeys(at.keys)
        for (const happening of happens) await deeds[happening]!(stage)
        // While it runs, after it stopped, and by who knows its first key alone.
        expect((await verified(stage.at, { withCopies: true })).findings.filter(isAccusation)).toEqual([])
        for (const session of stage.live.splice(0)) await session.end()
        await stage.gateway[Symbol.asyncDispose]()
        expect((await verified(stage.at, { withCopies: true })).findings.filter(isSaid)).toEqual([])
        expect(await verified(stage.at, { vkey: signers[0].vkey, withCopies: true })).toMatchObject({ sound: true })
      }),
      { numRuns: runs },
    )
  },
  60_000 + runs * 10_000,
)

/** A note on what a gateway that was killed left, and on what was erased. */
const isSaid = ({ kind }: { kind: string }): boolean => kind !== 'entered-late' && kind !== 'recording-erased'

const notes = ['not-entered-yet', 'unpublished', 'end-not-noted', 'entered-late', 'recording-erased']
const isAccusation = ({ kind }: { kind: string }): boolean => !notes.includes(kind)

test('what a killed gateway had not come to is entered late: its sessions end, its acts are there', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('first'))
  let crashed: Places
  {
    await using gateway = await openGateway(at)
    const session = await gateway.begin('ses_1')
    session.run(3)
    const by = { subject: 'olu', name: 'olu' }
    await addAct(gateway.store.db, { act: 'session.kill', by, target: 'ses_9' }, Date.now(), gateway.ledgers.acts)
    crashed = await copyOf(at, folder.file('crashed'))
  }
  expect((await verified(crashed)).findings).toEqual([expect.objectContaining({ kind: 'not-entered-yet', act: 1 })])
  {
    await using _ = await openGateway(crashed)
  }
  // What came after the last head is what the killed gateway's folder had: it is said where nobody vouches for it.
  const findings = [expect.objectContaining({ kind: 'entered-late', session: 'ses_1', frame: 0 })]
  expect(await verified(crashed)).toMatchObject({ sound: true, findings, sessions: 1, acts: 1 })
  expect(await readFile(join(crashed.ledger, 'contents/000.jsonl'), 'utf8')).toContain('\\"end\\":\\"aborted\\"')
})

test('a recording that fails is no alteration: its row counts a statement that it could not take', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('first'))
  {
    await using gateway = await openGateway(at)
    const session = await gateway.begin('ses_1')
    session.run(2)
    const path = await pathOf(at, 'ses_1')
    await rename(path, folder.file('elsewhere'))
    expect(() => session.run(1)).toThrow()
    await rename(folder.file('elsewhere'), path)
    await session.end()
  }
  const failed = [expect.objectContaining({ kind: 'recording-failed', session: 'ses_1' })]
  expect(await verified(at)).toMatchObject({ sound: true, findings: failed })
  {
    await using _ = await openGateway(at)
  }
  expect(await verified(at)).toMatchObject({ sound: true, findings: failed })
})

test('an owner, and who ended a session, come back with what a stopped gateway had not told the store', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('first'))
  let crashed: Places
  const [owner, by] = [
    { subject: 'olu', name: 'olu@example.com' },
    { subject: 'ivy', name: 'ivy@example.com' },
  ]
  {
    await using gateway = await openGateway(at)
    const [session, killed] = [await gateway.begin('ses_1', { owner }), await gateway.begin('ses_2')]
    crashed = await copyOf(at, folder.file('crashed'))
    killed.recorder.close({ ...closed, end: 'killed', by, counters: {} })
    await session.end()
  }
  const db = new DatabaseSync(crashed.store)
  db.exec(`delete from sessions where id = 'ses_1'`)
  db.close()
  const rowsOf = async (places: Places) => {
    await (await openGateway(places))[Symbol.asyncDispose]()
    expect(await verified(places)).toMatchObject({ sound: true })
    using view = new AuditView(places.store)
    const rows = new Map<string, SessionSummary>()
    for await (const row of view.sessions()) rows.set(row.id, row)
    return rows
  }
  expect((await rowsOf(crashed)).get('ses_1')).toMatchObject({ owner })
  expect((await rowsOf(at)).get('ses_2')).toMatchObject({ end: 'killed', endedBy: by })
})

test('a store that was lost learns from the ledger what it has; one that knows more than the ledger keeps the gateway from starting', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('first'))
  const run = async (id: string) => {
    await using gateway = await openGateway(at)
    const session = await gateway.begin(id)
    session.run()
    await session.end()
    await gateway.copied()
  }
  await run('ses_1')
  const early = await copyOf(at, folder.file('early'))
  await run('ses_2')
  await rm(at.ledger, { recursive: true })
  await cp(early.ledger, at.ledger, { recursive: true })
  await expect(openGateway(at, { copies: [] })).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' })
  await rm(at.store)
  await expect(openGateway(at)).rejects.toMatchObject({
    code: 'LEDGER_DAMAGED',
    message: expect.stringContaining('a copy') as unknown,
  })
})

test('where the ledger can’t be written no session begins, and who has to know is told', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('first'))
  await using gateway = await openGateway(at, { copies: [] })
  const session = await gateway.begin('ses_1')
  const told: string[] = []
  gateway.ledgers.ledger.whenFailed(({ code }) => void told.push(code))
  await truncate(join(at.ledger, 'contents/000.jsonl'), 50)
  await writeFile(join(at.ledger, 'checkpoint'), 'spoilt')
  await rm(join(at.ledger, 'contents'), { recursive: true })
  await writeFile(join(at.ledger, 'contents'), 'in the way')
  await expect(gateway.begin('ses_2')).rejects.toMatchObject({ code: 'LEDGER_FAILED' })
  await expect(
    gateway.write({ act: 'session.kill', by: { subject: 'o', name: 'o' }, target: 'x' }),
  ).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' })
  expect(told.length).toBeGreaterThan(1)
  await session.end()
  expect(gateway.metrics.ledger.failures).toBeGreaterThan(1)
})

test('a bundle is verified as the folders are, and says of an altered one where', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('first'))
  {
    await using gateway = await openGateway(at)
    const session = await gateway.begin('ses_1')
    session.run(3)
    await session.end()
    await gateway.write({ act: 'session.kill', by: { subject: 'o', name: 'o' }, target: 'x' })
  }
  const { signers } = await loadLedgerKeys(at.keys)
  const unpack = async (name: string) => {
    using view = new AuditView(at.store)
    const bundle = writeBundle({ folder: at.ledger, recordings: at.recordings, store: view, vkey: signers[0].vkey })
    const { about, ...unpacked } = await readBundle(Readable.from(bundle) as AsyncIterable<Buffer>, folder.file(name))
    return verifyLedger({ ...unpacked, vkey: about.vkey, taken: Date.parse(about.taken) })
  }
  expect(await unpack('sound')).toMatchObject({ sound: true, findings: [], sessions: 1, acts: 1, recordings: 1 })
  await truncate(await pathOf(at, 'ses_1'), 900)
  expect(await unpack('cut')).toMatchObject({
    sound: false,
    findings: [{ kind: 'recording-truncated', session: 'ses_1' }],
  })
  const cut = Readable.from([Buffer.from('x'.repeat(600))]) as AsyncIterable<Buffer>
  await expect(readBundle(cut, folder.file('none'))).rejects.toMatchObject({ code: 'NOTE_INVALID' })
})
