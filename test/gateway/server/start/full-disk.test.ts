import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startGateway } from '../../../../src/gateway/server/start/start.js'
import { freshDatabase } from '../../../helpers/database.js'
import { canMount, type SmallDisk, smallDisk } from '../../../helpers/small-disk.js'
import { createRecordingsView } from './recordings.js'
import { logInto, started } from './started.js'

const probe = mkdtempSync(join(tmpdir(), 'hoop-mount-'))
const mounts = canMount(probe)
afterAll(() => rmdirSync(probe))

/** A gateway with one of its parts, or both, on a disk of 4 MB. */
const onSmallDisk = async (parts: readonly ('store' | 'recordings' | 'ledger')[]) => {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await freshDatabase())
  const direct = await database.client()
  await direct.query('CREATE TABLE ran (n int)')
  let disk: SmallDisk | undefined
  stack.defer(() => disk?.[Symbol.dispose]())
  const it = await started(async (folder) => {
    disk = smallDisk(folder.file('small'), 4 * 2 ** 20)
    await folder.edit('/postgres?', `/${database.name}?`)
    if (parts.includes('store')) await folder.edit(/store: .*/, 'store: sqlite:small/hoop.db')
    const on = (part: 'recordings' | 'ledger') => (parts.includes(part) ? `file:small/${part}` : `file:${part}`)
    await folder.edit(/recordings: .*/, `recordings: ${on('recordings')}\n  ledger: { folder: '${on('ledger')}' }`)
  })
  stack.defer(() => it.gateway.close(0))
  const ran = async () => (await direct.query<{ n: number }>('SELECT n FROM ran ORDER BY n')).rows.map(({ n }) => n)
  return {
    it,
    disk: disk!,
    ran,
    [Symbol.asyncDispose]: async () => {
      await it.gateway.close(0)
      await stack.disposeAsync()
      await it[Symbol.asyncDispose]()
    },
  }
}

const heard = (error: unknown): string => JSON.stringify(error) + String(error)

test.skipIf(!mounts)(
  'a full disk for recordings ends the session before its statement runs, refuses others, and is over by itself',
  async () => {
    await using on = await onSmallDisk(['recordings'])
    const { it, disk } = on
    const mika = await it.person('mika')
    const live = await mika.connect()
    await live.client.query('INSERT INTO ran VALUES (1)')
    disk.fill()
    const long = `INSERT INTO ran VALUES (2) -- ${randomBytes(20_000).toString('hex')}`
    const refused = await live.client.query(long).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: '58030' })
    const next = await mika.connect().catch((error: unknown) => error)
    expect(next).toMatchObject({ code: '58030', routine: 'hoop/RECORDING_FAILED' })
    for (const error of [refused, next]) {
      expect(heard(error)).not.toContain(it.folder.path)
      expect(heard(error)).not.toMatch(/ENOSPC|no space/)
    }
    expect(it.log).toContainEqual(expect.objectContaining({ msg: 'stream refused', level: 'error', about: 'ENOSPC' }))
    const told = JSON.stringify(await mika.client.get('/v1/sessions'))
    expect(told).toContain('the session cannot be recorded')
    expect(told).not.toMatch(/ENOSPC|no space/)
    const failed = it.log.find(({ msg }) => msg === 'the session failed')
    expect(JSON.stringify(failed)).toContain('ENOSPC')
    disk.makeRoom()
    await (await mika.connect()).client.query('INSERT INTO ran VALUES (3)')
    expect(await on.ran()).toEqual([1, 3])
    // Of the session that was refused nothing is left.
    expect(await createRecordingsView(it.folder.file('small/recordings')).all()).toHaveLength(2)
    expect(await readdir(it.folder.file('small/recordings/.open'))).toHaveLength(2)
  },
)

test.skipIf(!mounts)(
  'a full disk for the ledger ends sessions and refuses others, without its path, and is over by itself',
  async () => {
    await using on = await onSmallDisk(['ledger'])
    const { it, disk } = on
    const mika = await it.person('mika')
    const live = await mika.connect()
    await live.client.query('INSERT INTO ran VALUES (1)')
    disk.fill()
    const next = await mika.connect().catch((error: unknown) => error)
    expect(next).toMatchObject({ code: '58030', routine: 'hoop/LEDGER_FAILED' })
    const ended = await live.client.query('INSERT INTO ran VALUES (2)').catch((error: unknown) => error)
    const shown = await mika.client.get('/v1/sessions').catch((error: unknown) => error)
    expect(shown).toMatchObject({ code: 'LEDGER_FAILED' })
    expect(ended).toBeInstanceOf(Error)
    for (const error of [next, ended, shown]) expect(heard(error)).not.toMatch(new RegExp(`${it.folder.path}|ENOSPC`))
    disk.makeRoom()
    await (await mika.connect()).client.query('INSERT INTO ran VALUES (3)')
    expect(await on.ran()).toEqual([1, 3])
  },
)

test.skipIf(!mounts)(
  'a full disk for the store refuses grants and sessions without its path, keeps the gateway from starting with it, and is over by itself',
  async () => {
    await using on = await onSmallDisk(['store'])
    const { it, disk } = on
    const mika = await it.person('mika')
    const grant = await mika.grant()
    const live = await mika.connect(grant)
    disk.fill()
    expect((await live.client.query('INSERT INTO ran VALUES (1)')).rowCount).toBe(1)
    const refused: unknown[] = []
    // The store's log has room for some more.
    for (let n = 0; n < 200 && refused.length < 2; n++) {
      if (refused.length === 0) await mika.grant().catch((error: unknown) => refused.push(error))
      else
        await mika.connect(grant).then(
          ({ client }) => client.end(),
          (error: unknown) => refused.push(error),
        )
    }
    // The proof that opens a stream is kept before it counts, so there is no stream.
    for (const error of refused) expect(error).toMatchObject({ code: 'STORE_FAILED' })
    for (const error of refused) expect(heard(error)).not.toMatch(new RegExp(`${it.folder.path}|disk is full`))
    const store = it.folder.file('small/hoop.db')
    expect(JSON.stringify(it.log)).toContain(`${store}: the disk is full (`)
    await it.gateway.close(0)
    disk.makeRoom()
    disk.fill()
    const again = () => startGateway({ config: it.folder.config, version: '0.0.0', log: logInto([]), env: {} })
    const atStart = await again().catch((error: unknown) => error)
    expect(atStart).toMatchObject({
      code: 'STORE_FAILED',
      exit: 74,
      about: expect.stringContaining(`${store}: the disk is full (`) as string,
      hint: 'Make room on the disk that it is on.',
    })
    disk.makeRoom()
    await (await again()).close(0)
  },
)
