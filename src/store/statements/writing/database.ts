import { chmodSync, closeSync, openSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { form, tables } from './form.ts'

const opened = (path: string): DatabaseSync => {
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
  const database = new DatabaseSync(path, { timeout: 5000 })
  try {
    // What a power failure takes is read from the recordings again.
    database.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -16000')
    const { user_version: version } = database.prepare('pragma user_version').get() as { user_version: number }
    if (version === form) return database
    const { count } = database.prepare('select count(*) as count from sqlite_schema').get() as { count: number }
    if (count > 0) throw Object.assign(new Error('another form'), { errcode: damaged[0] })
    database.exec(`begin; ${tables}; commit`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** SQLITE_CORRUPT, SQLITE_NOTADB */
const damaged: readonly number[] = [11, 26]

const isDamaged = (error: unknown): boolean => damaged.includes(((error as { errcode?: number }).errcode ?? 0) & 0xff)

/** Opens the index, or makes it where it is missing, damaged or of another form: it comes from recordings. */
export const openIndex = (path: string): DatabaseSync => {
  try {
    return opened(path)
  } catch (error) {
    if (!isDamaged(error)) throw error
    for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true })
    return opened(path)
  }
}
