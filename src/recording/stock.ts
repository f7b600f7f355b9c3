import type { Stats } from 'node:fs'
import { lstat, opendir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { extension } from './paths.js'

/** How many recordings a folder has, and their bytes. */
export interface Stock {
  readonly recordings: number
  readonly bytes: number
}

interface Day extends Stock {
  /** Of the folder: another one says that files came or went. */
  readonly changed: number
}

/** Sessions of a day go on for so long, milliseconds: until then its files grow without the folder's telling. */
const settled = 3 * 86_400_000
/** After so many looks days that look unchanged are looked at again: a session can go on for longer. */
const fresh = 144

/** Of `blocks`, in bytes. @see stat(2) */
const blockSize = 512

/** What a file takes on the disk, bytes: one with a hole is only said to be large. */
export const takenBy = ({ size, blocks }: Pick<Stats, 'size' | 'blocks'>): number => Math.min(size, blocks * blockSize)

/** Measures a folder of recordings, one file after the other; days that haven't changed are remembered. */
export class StockTaking {
  readonly #folder: string
  #days = new Map<string, Day>()
  #looks = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  /** @throws what the file system says */
  async take(now = Date.now()): Promise<Stock> {
    if (this.#looks++ % fresh === 0) this.#days.clear()
    const days = new Map<string, Day>()
    for await (const { name } of await opendir(this.#folder))
      if (/^\d{4}-\d\d-\d\d$/.test(name)) days.set(name, await this.#day(name, now))
    this.#days = days
    return [...days.values()].reduce<Stock>(
      (sum, { recordings, bytes }) => ({ recordings: sum.recordings + recordings, bytes: sum.bytes + bytes }),
      { recordings: 0, bytes: 0 },
    )
  }

  async #day(name: string, now: number): Promise<Day> {
    const folder = join(this.#folder, name)
    const { mtimeMs: changed } = await stat(folder)
    const known = this.#days.get(name)
    if (known?.changed === changed && Date.parse(name) + settled < now) return known
    let [recordings, bytes] = [0, 0]
    for await (const file of await opendir(folder)) {
      if (!file.name.endsWith(extension)) continue
      // One that has just gone counts for nothing.
      const there = await lstat(join(folder, file.name)).catch(() => undefined)
      if (!there?.isFile()) continue
      recordings++
      bytes += takenBy(there)
    }
    return { recordings, bytes, changed }
  }
}
