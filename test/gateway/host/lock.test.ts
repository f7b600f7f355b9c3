import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rename, stat, symlink, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { HeldFiles } from '../../../src/gateway/host/held-files.js'
import { isLocked, lockRecordings, lockStore } from '../../../src/gateway/host/lock.js'
import { tempFolder } from '../../helpers/temp.js'

const running = expect.objectContaining({ code: 'GATEWAY_RUNNING' }) as Error

test('recordings are held until they are let go', async () => {
  await using folder = await tempFolder()
  {
    using _ = lockRecordings(folder.path)
    expect(() => lockRecordings(folder.path)).toThrow(running)
    expect(isLocked(folder.path)).toBe(true)
  }
  expect(isLocked(folder.path)).toBe(false)
  lockRecordings(folder.path)[Symbol.dispose]()
})

test('a store is held by whatever name leads to it, also before it is there', async () => {
  await using folder = await tempFolder()
  await symlink(folder.path, folder.file('way'))
  {
    using _ = lockStore(folder.file('way/hoop.db'))
    expect(() => lockStore(folder.file('hoop.db'))).toThrow(running)
  }
  await writeFile(folder.file('hoop.db'), '')
  await symlink(folder.file('hoop.db'), folder.file('other.db'))
  using _ = lockStore(folder.file('other.db'))
  expect(() => lockStore(folder.file('hoop.db'))).toThrow(running)
})

test('nobody else may open a lock: who reads it could hold it', async () => {
  await using folder = await tempFolder()
  using recordings = lockRecordings(folder.path)
  using store = lockStore(folder.file('hoop.db'))
  for (const { path } of [recordings, store]) expect((await stat(path)).mode & 0o777).toBe(0o600)
})

const holdAndWait = `
  const { lockStore } = await import(process.argv[1])
  lockStore(process.argv[2])
  console.log('held')
  setInterval(() => {}, 1000)`

test('a lock ends with its process, however that ends', async () => {
  await using folder = await tempFolder()
  const module = new URL('../../../dist/src/gateway/host/lock.js', import.meta.url).pathname
  const child = spawn(process.execPath, ['--input-type=module', '-e', holdAndWait, module, folder.file('hoop.db')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  expect(() => lockStore(folder.file('hoop.db'))).toThrow(running)
  child.kill('SIGKILL')
  await once(child, 'exit')
  lockStore(folder.file('hoop.db'))[Symbol.dispose]()
})

test('a folder that can’t be locked says which and why', async () => {
  await using folder = await tempFolder()
  await writeFile(folder.file('file'), '')
  const refused = (about: string) => expect.objectContaining({ code: 'STORE_FAILED', about }) as Error
  const recordings = folder.file('file/recordings')
  expect(() => lockRecordings(recordings)).toThrow(refused(`${recordings}: ENOTDIR`))
  const store = folder.file('none/hoop.db')
  expect(() => lockStore(store)).toThrow(refused(`${store}: ENOENT`))
})

test('a file that is held is lost when it is deleted, moved with its folder, or replaced', async () => {
  await using folder = await tempFolder()
  const change = {
    kept: async () => undefined,
    moved: async (path: string) => rename(path, `${path}.old`),
    replaced: async (path: string) => {
      await writeFile(`${path}.new`, '')
      await rename(`${path}.new`, path)
    },
  }
  for (const [how, act] of Object.entries(change)) {
    const path = folder.file(how)
    await writeFile(path, '')
    using held = await HeldFiles.of([{ path, code: 'STORE_FAILED' }])
    await held.assert()
    await act(path)
    if (how === 'kept') await held.assert()
    else await expect(held.assert()).rejects.toMatchObject({ code: 'STORE_FAILED' })
    // Should it come back, it isn't held all the same.
    if (how !== 'moved') continue
    await rename(`${path}.old`, path)
    await expect(held.assert()).rejects.toMatchObject({ code: 'STORE_FAILED' })
    expect(await held.lost).toMatchObject({ about: expect.stringContaining('deleted or moved') as string })
  }
})
