import { createHash } from 'node:crypto'
import { type FSWatcher, readFileSync, realpathSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Quiet time after the last change, milliseconds: editors and copies write in several steps. */
const quiet = 200

const digest = (path: string): string => {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex')
  } catch {
    return 'unreadable'
  }
}

/** Where a symbolic link leads now; a link that leads elsewhere later is seen in its own folder. */
const target = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/**
 * Calls `changed` after the content of one of the files became another. The folders are watched, not the files, so that
 * files that are replaced (by rename, or by a symbolic link's new target as Kubernetes does it) are followed.
 * @param failed told once where the system can't watch (inotify's limits); changes are then seen on SIGHUP only
 */
export const watchFiles = (
  paths: readonly string[],
  changed: () => void,
  failed: (error: unknown) => void,
): Disposable => {
  const contents = () => paths.map(digest).join()
  let known = contents()
  let timer: NodeJS.Timeout | undefined
  const look = () => {
    const now = contents()
    if (now === known) return
    known = now
    changed()
  }
  // State that lies in the same folder (hoop.db) changes all the time: other names are not worth a look.
  const heard = (names: ReadonlySet<string>) => (_event: string, name: string | null) => {
    if (name !== null && !names.has(name) && !name.startsWith('..')) return
    clearTimeout(timer)
    timer = setTimeout(look, quiet)
  }
  const watchers: FSWatcher[] = []
  const byFolder = Map.groupBy(new Set(paths.flatMap((path) => [path, target(path)])), (path) => dirname(path))
  for (const [folder, files] of byFolder) {
    try {
      const watcher = watch(folder, { persistent: false }, heard(new Set(files.map((path) => basename(path)))))
      watchers.push(watcher.on('error', failed))
    } catch (error) {
      failed(error)
    }
  }
  return {
    [Symbol.dispose]: () => {
      clearTimeout(timer)
      for (const watcher of watchers) watcher.close()
    },
  }
}
