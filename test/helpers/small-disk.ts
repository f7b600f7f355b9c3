import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync, writeSync, openSync, closeSync } from 'node:fs'
import { join } from 'node:path'

const mount = (path: string, bytes: number): boolean => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0777`, 'tmpfs', path], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Whether this process may mount something. */
export const canMount = (folder: string): boolean => {
  if (process.platform !== 'linux' || !mount(folder, 4096)) return false
  execFileSync('umount', [folder])
  return true
}

export interface SmallDisk extends Disposable {
  /** Leaves no byte free. */
  fill(): void
  /** Gives the room back. */
  makeRoom(): void
}

/** A file system of so many bytes on a new folder. */
export const smallDisk = (path: string, bytes: number): SmallDisk => {
  mkdirSync(path)
  if (!mount(path, bytes)) throw new Error('nothing can be mounted')
  const filler = join(path, 'filler')
  return {
    fill: () => {
      writeFileSync(filler, '')
      const file = openSync(filler, 'a')
      try {
        for (;;) writeSync(file, Buffer.alloc(statfsSync(path).bsize))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      } finally {
        closeSync(file)
      }
    },
    makeRoom: () => rmSync(filler),
    [Symbol.dispose]: () => void execFileSync('umount', ['-l', path]),
  }
}
