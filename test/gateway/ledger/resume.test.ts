import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { contentsPath } from '../../../src/ledger/log/contents.js'
import { isTampering } from '../../../src/ledger/verify/report.js'
import { tempFolder, type TempFolder } from '../../helpers/temp.js'
import { copyOf, openGateway, type Places, placesIn, verified } from './history.js'
import * as how from './tamper.js'

const olu = { subject: 'olu', name: 'olu@example.com' }

let folder: TempFolder
let whole: Places
let copies = 0
const copy = () => copyOf(whole, folder.file(`copy${++copies}`))

beforeAll(async () => {
  folder = await tempFolder()
  whole = placesIn(folder.file('whole'))
  await using gateway = await openGateway(whole, { copies: [] })
  const { ledger } = gateway.ledgers
  await gateway.holds.add({ since: '2026-01-01', reason: 'case 1' }, olu)
  const over = await gateway.holds.add({ until: '2026-01-01', reason: 'case 2' }, olu)
  await gateway.holds.release(over.id, 'closed', olu)
  await Promise.all(Array.from({ length: 600 }, () => ledger.write('heartbeat', { sessions: 0 })))
  await ledger.noted()
})
afterAll(() => folder[Symbol.asyncDispose]())

/** A start reads all that there is up to so many leaves; here that is none. */
const opened = (at: Places) => openGateway(at, { copies: [], most: 0n })

/** One more start, so that what is kept is of the whole. */
const kept = async (): Promise<Places> => {
  const at = await copy()
  await (await openGateway(at, { copies: [] }))[Symbol.asyncDispose]()
  return at
}

test('a start goes on where an earlier one says how things stood, and knows holds and acts from before', async () => {
  const at = await kept()
  {
    await using gateway = await opened(at)
    const { ledger } = gateway.ledgers
    expect(Number(ledger.stock.unread)).toBeGreaterThan(600)
    expect(ledger.stock).toMatchObject({ lastAct: 3, size: ledger.stock.known })
    expect(ledger.holds.inForce).toMatchObject([{ since: '2026-01-01T00:00:00.000Z' }])
    await gateway.holds
      .add({ session: (await gateway.begin('ses_9')).id, reason: 'case 3' }, olu)
      .catch(() => undefined)
  }
  {
    await using gateway = await opened(at)
    expect(gateway.ledgers.ledger.stock.lastAct).toBe(4)
    expect(gateway.ledgers.ledger.holds.inForce).toHaveLength(2)
  }
  expect((await verified(at)).findings.filter(isTampering)).toEqual([])
})

test('a row from before that says something else is told of by what reads behind the start, and made anew', async () => {
  const at = await kept()
  await how.sql(`update ledger_leaves set kind = 'read' where leaf = 100`)(at)
  await using gateway = await opened(at)
  await vi.waitFor(() => expect(gateway.told).toEqual([expect.stringContaining('ledger_leaves 100, ')]), 10_000)
  await vi.waitFor(async () => {
    const query = gateway.store.db.selectFrom('ledger_leaves').select('kind').where('leaf', '=', 100)
    expect(await query.executeTakeFirst()).toEqual({ kind: 'heartbeat' })
  }, 10_000)
  await gateway.ledgers.ledger.write('heartbeat', { sessions: 0 })
})

test('a leaf from before that is gone is found by what reads behind the start, and nothing is entered any more', async () => {
  const at = await kept()
  await rm(contentsPath(at.ledger, 0n))
  const found = async (): Promise<void> => {
    await using gateway = await opened(at)
    for (;;) await gateway.ledgers.ledger.write('heartbeat', { sessions: 0 })
  }
  // In a start that goes on for longer it is refused itself.
  await expect(found()).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' })
})

test('where it isn’t signed by the ledger’s key, or the store lacks rows, all is read', async () => {
  const [forged, lacking] = [await kept(), await kept()]
  const path = join(forged.ledger, 'resume')
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace('"holds":[{', '"holds":[],"more":[{'))
  await how.sql(`delete from ledger_leaves where leaf = 5`)(lacking)
  for (const at of [forged, lacking]) {
    await using gateway = await opened(at)
    expect(gateway.ledgers.ledger.stock.unread).toBe(0n)
    expect(gateway.ledgers.ledger.holds.inForce).toHaveLength(1)
  }
})
