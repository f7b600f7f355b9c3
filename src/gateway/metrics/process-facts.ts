import { readdir, readFile } from 'node:fs/promises'

/** Open file descriptors of this process; undefined where the system doesn't say (it does on Linux). */
export const fileDescriptors = (): Promise<number | undefined> =>
  readdir('/proc/self/fd').then(
    ({ length }) => length,
    () => undefined,
  )

/** How many it may have; undefined where the system doesn't say, or sets no limit. */
export const mostFileDescriptors = async (): Promise<number | undefined> => {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '')
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1]
  return soft === undefined ? undefined : Number(soft)
}
