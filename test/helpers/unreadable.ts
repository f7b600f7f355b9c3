import { chmod } from 'node:fs/promises'

/** Nobody's, who owns nothing and is in no group of the file's. */
const nobody = 65_534

/**
 * Runs something while this process may not read a file that is there. Root reads whatever it likes, so as root it runs
 * as somebody else meanwhile; what it needs must be loaded by then.
 */
export const whileUnreadable = async <T>(path: string, run: () => T | Promise<T>): Promise<T> => {
  const isRoot = process.geteuid?.() === 0
  await chmod(path, 0o000)
  if (isRoot) process.seteuid?.(nobody)
  try {
    return await run()
  } finally {
    if (isRoot) process.seteuid?.(0)
    await chmod(path, 0o600)
  }
}
