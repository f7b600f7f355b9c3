import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import type { TempFolder } from '../helpers/temp.js'

const library = ['x86_64-linux-gnu/faketime', 'aarch64-linux-gnu/faketime', 'faketime']
  .map((folder) => `/usr/lib/${folder}/libfaketimeMT.so.1`)
  .find((path) => existsSync(path))

export const canSetClock = library !== undefined

/** The gateway's wall clock goes by a file from then on; what counts how long something takes goes on as it is. */
export const environment = (folder: TempFolder): Readonly<Record<string, string>> => ({
  LD_PRELOAD: library ?? '',
  FAKETIME_TIMESTAMP_FILE: folder.file('clock'),
  FAKETIME_NO_CACHE: '1',
  DONT_FAKE_MONOTONIC: '1',
})

/** Sets the gateway's clock. @param offset as libfaketime has it: `+1h`, `-1h`, `+0` */
export const setClock = (folder: TempFolder, offset: string): Promise<void> => writeFile(folder.file('clock'), offset)
