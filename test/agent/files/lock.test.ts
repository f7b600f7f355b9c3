import { readdir, utimes, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withLock } from '../../../src/agent/files/lock.js'
import { type TempFolder, tempFolder } from '../../helpers/temp.js'

let folder: TempFolder
let path: string
beforeEach(async () => {
  folder = await tempFolder()
  path = folder.file('locks', 'one')
})
afterEach(() => folder[Symbol.asyncDispose]())
const signal = AbortSignal.timeout(60_000)

test('one at a time', async () => {
  let inside = 0
  let most = 0
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside)
    await sleep(5)
    inside--
  }
  await Promise.all(Array.from({ length: 10 }, () => withLock(path, signal, work)))
  expect(most).toBe(1)
})

test('it is free again after a failure', async () => {
  await expect(withLock(path, signal, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(await withLock(path, signal, async () => 'in')).toBe('in')
})

test('the lock of a dead holder is taken over', async () => {
  await withLock(path, signal, async () => undefined)
  await writeFile(path, 'somebody dead')
  await utimes(path, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000))
  expect(await withLock(path, signal, async () => 'in')).toBe('in')
})

test('of many who find the lock of a dead holder one at a time gets in, and nothing is left behind', async () => {
  await withLock(path, signal, async () => undefined)
  let [inside, most] = [0, 0]
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside)
    for (let n = 0; n < 20; n++) await readdir(dirname(path))
    inside--
  }
  for (let round = 0; round < 20; round++) {
    await writeFile(path, 'somebody dead')
    await utimes(path, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000))
    await Promise.all(Array.from({ length: 20 }, () => withLock(path, signal, work)))
  }
  expect(most).toBe(1)
  expect(await readdir(dirname(path))).toEqual([])
}, 60_000)

test('who waits for a live holder can be interrupted', async () => {
  await withLock(path, signal, async () => undefined)
  await writeFile(path, 'somebody alive')
  const reason = new Error('enough')
  const stop = new AbortController()
  setTimeout(() => stop.abort(reason), 60)
  await expect(withLock(path, stop.signal, async () => 'in')).rejects.toBe(reason)
})
