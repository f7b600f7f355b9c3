import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { HoopError } from '../../lib/errors.js'

const name = '.lock'
const busy = 5 // SQLITE_BUSY

/**
 * Holds a folder of recordings for this process: two gateways on one folder would close each other's live recordings as
 * aborted. The lock is SQLite's own on an empty file, so it ends with the process however that ends, holds between
 * containers that share a volume, and needs no process ids.
 * @throws {HoopError} GATEWAY_RUNNING; STORE_FAILED where the folder can't be written
 */
export const lockFolder = (folder: string): Disposable => {
  let file: DatabaseSync | undefined
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    file = new DatabaseSync(join(folder, name), { timeout: 0 })
    file.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    if (file?.isOpen) file.close()
    if (((cause as { errcode?: number }).errcode ?? 0) % 256 === busy)
      throw new HoopError('GATEWAY_RUNNING', folder, { cause })
    throw new HoopError('STORE_FAILED', folder, { cause })
  }
  const held = file
  return { [Symbol.dispose]: () => held.close() }
}

/** Whether a gateway runs on these recordings. */
export const isLocked = (folder: string): boolean => {
  if (!existsSync(join(folder, name))) return false
  try {
    lockFolder(folder)[Symbol.dispose]()
    return false
  } catch (error) {
    return error instanceof HoopError && error.code === 'GATEWAY_RUNNING'
  }
}
