import { mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { watchFiles } from '../../../../src/gateway/server/start/configuration/watch.js'
import { tempFolder } from '../../../helpers/temp.js'

const nothing = () => undefined
const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test('several writes in a row are one change', async () => {
  await using folder = await tempFolder()
  const file = folder.file('a')
  await writeFile(file, '0')
  let changes = 0
  using _ = watchFiles([file], () => changes++, nothing)
  for (let i = 1; i <= 5; i++) await writeFile(file, String(i))
  await expect.poll(() => changes).toBe(1)
  await rest(300)
  expect(changes).toBe(1)
})

test('what changes beside the file, or leaves its content as it was, is no change', async () => {
  await using folder = await tempFolder()
  const file = folder.file('a')
  await writeFile(file, 'same')
  let changes = 0
  using _ = watchFiles([file], () => changes++, nothing)
  await writeFile(folder.file('hoop.db-wal'), 'busy')
  await writeFile(file, 'same')
  await rest(500)
  expect(changes).toBe(0)
})

test.for(['by rename', 'through the link of its folder', 'behind its own link', 'gone and back'])(
  'a file that is replaced %s is followed, more than once',
  async (how) => {
    await using folder = await tempFolder()
    await mkdir(folder.file('one'))
    await mkdir(folder.file('two'))
    const real = folder.file('one', 'a')
    await writeFile(real, 'first')
    await symlink('one', folder.file('..data'))
    await symlink('..data/a', folder.file('linked'))
    const watched = how === 'by rename' || how === 'gone and back' ? real : folder.file('linked')
    let changes = 0
    using _ = watchFiles([watched], () => changes++, nothing)
    for (const round of [1, 2]) {
      if (how === 'behind its own link') await writeFile(real, `round ${round}`)
      else if (how === 'through the link of its folder') {
        const next = round === 1 ? 'two' : 'one'
        await writeFile(folder.file(next, 'a'), `round ${round}`)
        await symlink(next, folder.file('..next'))
        await rename(folder.file('..next'), folder.file('..data'))
      } else {
        if (how === 'gone and back') await rename(real, folder.file('away'))
        await writeFile(folder.file('one', 'b'), `round ${round}`)
        await rename(folder.file('one', 'b'), real)
      }
      await expect.poll(() => changes, { timeout: 5000 }).toBeGreaterThanOrEqual(round)
      await rest(300)
    }
  },
)

test('a link in another folder to a file that is replaced through the link of its folder is followed, more than once', async () => {
  await using folder = await tempFolder()
  for (const name of ['mounted', 'mounted/one', 'mounted/two', 'own']) await mkdir(folder.file(name))
  await writeFile(folder.file('mounted/one/a'), 'first')
  await symlink('one', folder.file('mounted/..data'))
  await symlink('..data/a', folder.file('mounted/a'))
  await symlink(folder.file('mounted/a'), folder.file('own/a'))
  let changes = 0
  using _ = watchFiles([folder.file('own/a')], () => changes++, nothing)
  for (const [round, next] of ['two', 'one', 'two'].entries()) {
    await writeFile(folder.file('mounted', next, 'a'), `round ${round}`)
    await symlink(next, folder.file('mounted/..next'))
    await rename(folder.file('mounted/..next'), folder.file('mounted/..data'))
    await expect.poll(() => changes, { timeout: 5000 }).toBe(round + 1)
    await rest(300)
  }
})

test('a folder that cannot be watched is told', async () => {
  const failures: unknown[] = []
  using _ = watchFiles(['/nowhere/at/all'], nothing, (error) => failures.push(error))
  expect(failures).toMatchObject([{ code: 'ENOENT' }])
})
