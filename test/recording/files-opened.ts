import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** Runs something, and tells which files it opened by Node's functions, in order. */
export const filesOpened = async <T>(run: () => Promise<T>): Promise<{ value: T; opened: string[] }> => {
  const { openSync } = fs
  const { open } = fs.promises
  const opened: string[] = []
  const noting =
    <Rest extends unknown[], Result>(original: (path: fs.PathLike, ...rest: Rest) => Result) =>
    (path: fs.PathLike, ...rest: Rest): Result => {
      opened.push(String(path))
      return original(path, ...rest)
    }
  Object.assign(fs, { openSync: noting(openSync) })
  Object.assign(fs.promises, { open: noting(open) })
  syncBuiltinESMExports()
  try {
    return { value: await run(), opened }
  } finally {
    Object.assign(fs, { openSync })
    Object.assign(fs.promises, { open })
    syncBuiltinESMExports()
  }
}
