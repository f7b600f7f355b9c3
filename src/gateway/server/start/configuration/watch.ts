import { createHash } from 'node:crypto'
import { type FSWatcher, readFileSync, readlinkSync, realpathSync, watch } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'

/** Quiet time after the last change, milliseconds: editors and copies write in several steps. */
const quiet = 200

const digest = (path: string): string => {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex')
  } catch {
    return 'unreadable'
  }
}

/** Links that are followed at most, as Linux does it. */
const mostLinks = 40

/**
 * A path, and where it leads from link to link: a link that leads elsewhere later is seen in its own folder. Links of folders
 * on the way count by what they lead to now.
 */
const places = (path: string): string[] => {
  const found = [path]
  try {
    for (let at = path; found.length < mostLinks; found.push(at)) at = resolve(dirname(at), readlinkSync(at))
  } catch {
    // No link any more, or nothing there.
  }
  try {
    return [...found, realpathSync(path)]
  } catch {
    return found
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
  const byFolder = Map.groupBy(new Set(paths.flatMap(places)), (path) => dirname(path))
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
