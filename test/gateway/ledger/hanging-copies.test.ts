import { execFileSync } from 'node:child_process'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { assertCopies } from '../../../src/gateway/ledger/assert-copies.js'
import { readCopies } from '../../../src/ledger/copied.js'
import { loadLedgerKeys } from '../../../src/ledger/log/key-file.js'
import { tempFolder } from '../../helpers/temp.js'
import { openGateway, placesIn } from './history.js'

/** Whoever opens a pipe that nobody reads waits for good, as on a share whose server is gone. */
const hangs = async (folder: string): Promise<void> => {
  // Put in its place at once: a copy is being written there all the time.
  const made = `${folder}.hanging`
  await mkdir(made)
  for (const day of [Date.now(), Date.now() + 86_400_000])
    execFileSync('mkfifo', [join(made, `${new Date(day).toISOString().slice(0, 10)}.checkpoints.jsonl`)])
  for (let tries = 0; ; tries++)
    try {
      await rm(folder, { recursive: true, force: true })
      return await rename(made, folder)
    } catch (error) {
      if (tries > 50) throw error
    }
}

const act = (target: string) =>
  ({ act: 'session.kill', by: { subject: 'olu', name: 'olu@example.com' }, target, reason: 'a reason' }) as const

test('copies that hang, more than there are threads for files, hold up neither acts nor the stop; a start says which it is', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('gateway'))
  const places = Array.from({ length: 6 }, (_, n) => folder.file(`copies-${n}`))
  {
    await using gateway = await openGateway(at, { copies: places.map((place) => `file:${place}`) })
    const { origin } = await loadLedgerKeys(at.keys)
    for (const place of places)
      await vi.waitFor(async () => expect(await readCopies(place, origin)).not.toEqual([]), { timeout: 20_000 })
    for (const place of places) await hangs(place)
    for (const target of ['one', 'two', 'three']) {
      await gateway.write(act(target))
      await new Promise((resolve) => setTimeout(resolve, 700))
    }
  }
  const keys = await loadLedgerKeys(at.keys)
  await expect(assertCopies(at.ledger, [`file:${places[0]}`], keys, 300)).rejects.toMatchObject({
    code: 'LEDGER_FAILED',
    hint: expect.stringContaining('gateway.ledger.copies') as string,
  })
}, 60_000)
