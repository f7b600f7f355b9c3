import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { findPsql } from '../../../src/agent/port/find-psql.js'
import { tempFolder } from '../../helpers/temp.js'

const program = async (folder: string): Promise<string> => {
  await mkdir(folder, { recursive: true })
  await writeFile(`${folder}/psql`, '#!/bin/sh\n')
  await chmod(`${folder}/psql`, 0o755)
  return `${folder}/psql`
}

test('psql of PATH, in its order; else the newest that packages have put somewhere; else a clear error', async () => {
  await using folder = await tempFolder()
  const places = [{ folder: folder.file('lib'), bin: 'bin' }]
  const missing = findPsql({ PATH: folder.file('none') }, places)
  await expect(missing).rejects.toMatchObject({ code: 'PROGRAM_MISSING', exit: 127 })
  await program(folder.file('lib/9.6/bin'))
  const newest = await program(folder.file('lib/17/bin'))
  await program(folder.file('lib/15/bin'))
  expect(await findPsql({ PATH: '' }, places)).toBe(newest)
  await mkdir(folder.file('a'))
  await writeFile(folder.file('a/psql'), 'not a program')
  const own = await program(folder.file('b'))
  await mkdir(folder.file('c/psql'), { recursive: true })
  const path = ['c', 'a', 'b'].map((name) => folder.file(name)).join(':')
  expect(await findPsql({ PATH: path }, places)).toBe(own)
})
