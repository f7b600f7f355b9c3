import { randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
import { open, rm, stat, utimes } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { privateFolder, readIfThere } from './private-file.js'

/** A holder touches its lock this often, and is taken for dead after three times that long. Milliseconds. */
const heartbeat = 2_000
const stale = 3 * heartbeat

/**
 * Runs `work` while no other process holds the same lock file. A lock whose holder died is taken over.
 * @throws the signal's reason where it aborts while waiting
 */
export async function withLock<T>(path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  await privateFolder(dirname(path))
  const owner = randomUUID()
  while (!(await take(path, owner))) {
    await breakStale(path, owner)
    await sleep(20 + Math.random() * 30, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
  const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), heartbeat)
  try {
    return await work()
  } finally {
    clearInterval(beat)
    if ((await readIfThere(path)) === owner) await rm(path, { force: true })
  }
}

/** O_EXCL is atomic on every file system that matters here. */
async function take(path: string, owner: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600)
    await file.writeFile(owner)
    await file.close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/**
 * Takes away the lock of a holder that died. Between looking and taking away, another waiter may have done so and somebody
 * may hold the lock anew: so a second file, named after that very lock, says who of the waiters may, and he looks again.
 */
async function breakStale(path: string, owner: string): Promise<void> {
  const dead = await seen(path)
  if (!dead || isAlive(dead)) return
  const marker = `${path}.${dead.ino}.${Math.round(dead.mtimeMs)}`
  if (!(await take(marker, owner))) {
    const other = await seen(marker)
    if (other && !isAlive(other)) await rm(marker, { force: true })
    return
  }
  try {
    const now = await seen(path)
    if (now?.ino === dead.ino && now.mtimeMs === dead.mtimeMs) await rm(path, { force: true })
  } finally {
    await rm(marker, { force: true })
  }
}

const isAlive = ({ mtimeMs }: Stats): boolean => Date.now() - mtimeMs < stale

async function seen(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
