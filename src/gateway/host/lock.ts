import { closeSync, existsSync, mkdirSync, openSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { HoopError } from '../../lib/errors.js'
import { storeFailure } from '../../store/failure.js'

const busy = 5 // SQLITE_BUSY

/** What a gateway holds for itself alone, until it is disposed or its process ends. */
export interface Lock extends Disposable {
  /** The file that is locked. */
  readonly path: string
}

const lockIn = (folder: string): string => join(folder, '.lock')

/** Beside the store's file, by the name that it has without symbolic links: several may lead to one store. */
const lockBeside = (store: string): string => {
  const path = existsSync(store) ? realpathSync(store) : join(realpathSync(dirname(store)), basename(store))
  return `${path}.lock`
}

/** For its owner alone: whoever may read a file may lock it. One that is there isn't opened: closing it would end a lock. */
const makePrivate = (path: string): void => {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/**
 * The lock is SQLite's own on an empty file, so it ends with the process however that ends, holds between containers that
 * share a volume, and needs no process ids.
 * @param path found in here, since that may fail as well
 * @param what for the error, in an operator's words
 */
const lock = (path: () => string, what: string): Lock => {
  let file: DatabaseSync | undefined
  try {
    const found = path()
    makePrivate(found)
    const held = (file = new DatabaseSync(found, { timeout: 0 }))
    held.exec('BEGIN EXCLUSIVE')
    return { path: found, [Symbol.dispose]: () => held.close() }
  } catch (cause) {
    if (file?.isOpen) file.close()
    const { errcode = 0 } = cause as { errcode?: number }
    if (errcode % 256 === busy) throw new HoopError('GATEWAY_RUNNING', what, { cause })
    throw storeFailure(what, cause)
  }
}

/**
 * Holds a folder of recordings: two gateways on one would close each other's live recordings as aborted. Makes the folder.
 * @throws {HoopError} GATEWAY_RUNNING; STORE_FAILED where the folder can't be written
 */
export const lockRecordings = (folder: string): Lock =>
  lock(() => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return lockIn(folder)
  }, folder)

/**
 * Holds a store: two gateways on one would end each other's sessions, and each would count budgets by itself.
 * @param path of the SQLite file, which may be missing; its folder is there
 * @throws {HoopError} GATEWAY_RUNNING; STORE_FAILED where its folder can't be written
 */
export const lockStore = (path: string): Lock => lock(() => lockBeside(path), path)

/**
 * Holds a ledger: of two that write one, each would sign a tree that the other's contradicts. Makes the folder, but not what
 * it is to lie in.
 * @throws {HoopError} GATEWAY_RUNNING; LEDGER_FAILED where the folder can't be written
 */
export const lockLedger = (folder: string): Lock => {
  try {
    if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 })
    return lock(() => lockIn(folder), folder)
  } catch (error) {
    if (error instanceof HoopError && error.code === 'GATEWAY_RUNNING') throw error
    const { code, message } = error as NodeJS.ErrnoException
    throw new HoopError('LEDGER_FAILED', `${folder}: ${error instanceof HoopError ? error.about : (code ?? message)}`, {
      cause: error,
    })
  }
}

/** Whether a gateway runs on these recordings. */
export const isLocked = (folder: string): boolean => {
  if (!existsSync(lockIn(folder))) return false
  try {
    lockRecordings(folder)[Symbol.dispose]()
    return false
  } catch (error) {
    return error instanceof HoopError && error.code === 'GATEWAY_RUNNING'
  }
}
