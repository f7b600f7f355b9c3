import { afterEach, expect, test, vi } from 'vitest'
import { readContents } from '../../../src/ledger/log/contents.js'
import { tempFolder } from '../../helpers/temp.js'
import { openGateway, placesIn } from './history.js'

afterEach(() => void vi.useRealTimers())

const headsIn = async (ledger: string): Promise<number> => {
  let count = 0
  for await (const { content } of readContents(ledger)) if (content.includes('"session.head"')) count++
  return count
}

test('how far a session has come is entered every 5 seconds, where something happened', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('gateway'))
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  await using gateway = await openGateway(at)
  const [busy, idle] = [await gateway.begin(), await gateway.begin()]
  await gateway.ledgers.sessions.follow()
  const before = await headsIn(at.ledger)
  busy.run(2)
  vi.advanceTimersByTime(5000)
  await vi.waitFor(async () => expect(await headsIn(at.ledger)).toBe(before + 1))
  await gateway.ledgers.sessions.follow()
  expect(await headsIn(at.ledger)).toBe(before + 1)
  await busy.end()
  await idle.end()
})
