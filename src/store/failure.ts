import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { HoopError } from '../lib/errors.js'

interface Reason {
  readonly what: string
  /** For an operator. */
  readonly hint: string
}

const full: Reason = { what: 'the disk is full', hint: 'Make room on the disk that it is on.' }
const closed: Reason = {
  what: 'it may not be opened or written',
  hint: 'Check owner and mode of the file and its folder, and that the file system is not read-only.',
}
const damaged: Reason = {
  what: 'it is no database, or a damaged one',
  hint: 'Restore it from a backup, or move it away for a new one: sessions no longer list then, recordings stay.',
}
const broken: Reason = {
  what: 'the disk does not read or write it',
  hint: 'Look at the disk, and at what the system has logged of it.',
}
const hanging: Reason = {
  what: 'the disk does not answer',
  hint: 'Look at the disk, or at the server that it is on. What waits for it goes on by itself when it answers again.',
}
const busy: Reason = { what: 'another process holds it', hint: 'Find the process that has the file open, and end it.' }

/** By SQLite's primary result code. @see sqlite.org/rescode.html */
const bySqlite: Readonly<Record<number, Reason>> = {
  3: closed, // PERM
  5: busy, // BUSY
  6: busy, // LOCKED
  8: closed, // READONLY
  10: broken, // IOERR
  11: damaged, // CORRUPT
  13: full, // FULL
  14: closed, // CANTOPEN
  26: damaged, // NOTADB
}

const bySystem: Readonly<Record<string, Reason>> = {
  ENOSPC: full,
  EDQUOT: full,
  EACCES: closed,
  EPERM: closed,
  EROFS: closed,
  ETIMEDOUT: hanging,
}

/** Bytes below which SQLite can't make the files that it needs beside the store. */
const least = 128 * 1024

/** Of a disk that is full SQLite says IOERR where it has to make a file of a certain size. */
const isFull = (path: string): boolean => {
  try {
    const { bavail, bsize } = statfsSync(dirname(path))
    return bavail * bsize < least
  } catch {
    return false
  }
}

/**
 * What went wrong with the store, in an operator's words.
 * @param path of the store, or of the folder that is to be locked; no client may hear it
 */
export const storeFailure = (path: string, cause: unknown): HoopError => {
  if (cause instanceof HoopError) return cause
  const { errcode, code = '', message } = cause as { errcode?: number; code?: string; message?: string }
  const named = errcode === undefined ? bySystem[code] : bySqlite[errcode & 0xff]
  const reason = named === broken && isFull(path) ? full : named
  // The system's message would have the path once more; SQLite's has none.
  const words = errcode === undefined && code ? code : (message ?? String(cause))
  return new HoopError('STORE_FAILED', `${path}: ${reason ? `${reason.what} (${words})` : words}`, {
    ...(reason && { hint: reason.hint }),
    cause,
  })
}
