import { execFileSync } from 'node:child_process'
import { chmod } from 'node:fs/promises'

const isRoot = process.getuid?.() === 0

/** Nothing can be made in the folder any more; what is open stays open. Root, whom modes don't stop, needs a mount. */
export const makeReadOnly = async (folder: string): Promise<void> => {
  if (!isRoot) return chmod(folder, 0o500)
  execFileSync('mount', ['--bind', folder, folder])
  execFileSync('mount', ['-o', 'remount,bind,ro', folder])
}

export const makeWritable = async (folder: string): Promise<void> => {
  if (!isRoot) return chmod(folder, 0o700)
  execFileSync('umount', ['-l', folder])
}
