import { spawnSync } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { TempFolder } from '../helpers/temp.js'

const source = fileURLToPath(new URL('hanging-disk.c', import.meta.url))

/** Whether what makes writes hang can be compiled. */
export const canHang = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0

/** Variables of a process whose writes below a folder hang when they are told to. */
export const hangingEnvironment = (folder: TempFolder, below: string): Readonly<Record<string, string>> => {
  const library = folder.file('hanging-disk.so')
  const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'])
  if (status !== 0) throw new Error(stderr.toString())
  return { LD_PRELOAD: library, HOOP_TEST_HANGS: folder.file('hangs'), HOOP_TEST_HANGS_IN: below }
}

/** From now on they hang, or go on. */
export const hang = (folder: TempFolder): Promise<void> => writeFile(folder.file('hangs'), '')
export const goOn = (folder: TempFolder): Promise<void> => rm(folder.file('hangs'), { force: true })
