import { existsSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { Source } from '../../../src/recording/format/source.js'
import { tempFolder, type TempFolder } from '../../helpers/temp.js'
import { copyOf, openGateway, pathOf, type Places, placesIn } from '../ledger/history.js'

/** What happens when a recording has been read, before it goes. */
let meanwhile: (path: string) => Promise<unknown> = async () => undefined

const olu = { subject: 'olu', name: 'olu@example.com' }
const casey = { subject: 'casey-17', name: 'casey@contractor.example' }

let folder: TempFolder
let whole: Places
let copies = 0
const copy = () => copyOf(whole, folder.file(`copy${++copies}`))

beforeAll(async () => {
  folder = await tempFolder()
  whole = placesIn(folder.file('whole'))
  await using gateway = await openGateway(whole, { copies: [] })
  for (const id of ['ses_1', 'ses_2']) {
    const session = await gateway.begin(id, casey)
    session.run(2)
    await session.end()
  }
})
const open = Source.open.bind(Source)
beforeEach(() => {
  vi.spyOn(Source, 'open').mockImplementation(async (path) => {
    const source = await open(path)
    const close = source[Symbol.asyncDispose].bind(source)
    source[Symbol.asyncDispose] = async () => {
      await close()
      await meanwhile(path)
    }
    return source
  })
})
afterEach(() => void vi.restoreAllMocks())
afterAll(() => folder[Symbol.asyncDispose]())

test.for(['retain', 'erase'] as const)(
  'a hold waits for no recording that is read (%s), and what it covers stays',
  async (what) => {
    const at = await copy()
    await using gateway = await openGateway(at, { copies: [] })
    let placed: Promise<unknown> | undefined
    meanwhile = () => (placed ??= gateway.holds.add({ session: 'ses_2', reason: 'case 1' }, olu))
    if (what === 'retain') await gateway.retain({ age: 0 })
    else {
      const erased = await gateway.erasing.erase({ person: casey.subject, reason: 'x' }, olu)
      expect(erased).toMatchObject({ sessions: 1, held: 1 })
    }
    await placed
    expect([existsSync(await pathOf(at, 'ses_1')), existsSync(await pathOf(at, 'ses_2'))]).toEqual([false, true])
  },
)

test.for(['retain', 'erase'] as const)('what is written to after it was read stays (%s)', async (what) => {
  const at = await copy()
  await using gateway = await openGateway(at, { copies: [] })
  const path = await pathOf(at, 'ses_2')
  let isDone = false
  meanwhile = async (read) => {
    if (read !== path || isDone) return
    isDone = true
    await appendFile(path, 'x')
  }
  if (what === 'retain') await gateway.retain({ age: 0 })
  else await gateway.erasing.erase({ person: casey.subject, reason: 'x' }, olu)
  expect([existsSync(await pathOf(at, 'ses_1')), existsSync(path)]).toEqual([false, true])
})
