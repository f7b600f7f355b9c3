import { basename, dirname } from 'node:path'
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { asHoopError } from '../../../lib/errors.js'
import type { SessionSummary } from '../../../lib/api.js'
import { recordingFiles } from '../../../ledger/verify/recordings.js'
import { readRecording } from '../../../recording/reader.js'
import { lyingFile } from '../../../recording/removal.js'
import type { Tables } from '../../../store/schema.js'
import type { Sealing } from '../../../store/seals.js'
import { sealedRow } from '../../../store/sessions/rows.js'
import { whyNot } from '../../retention/ends.js'
import { type LedgerSession, ledgerSessions, missingAmong } from './known-sessions.js'
import { rowOfStart, type ToldByRecording, toldByRecording } from './told-by-recording.js'

export interface RebuildOptions {
  readonly db: Kysely<Tables>
  /** Of the ledger. */
  readonly folder: string
  /** Folder. */
  readonly recordings: string
  /** What was in the ledger when it was opened. */
  readonly stock: { readonly size: number }
  readonly seals: Sealing
  readonly log: Logger
}

/** What has become of sessions that the store lacked. */
export interface Rebuilt {
  /** Rows that were made from recordings, and from the ledger alone: without counters and addresses. */
  readonly sessions: number
  readonly fromLedger: number
  /** Files that were left alone, and why. */
  readonly leftOut: readonly { readonly session: string; readonly why: string }[]
}

const unknown =
  'the ledger does not know the session: it is from before the ledger, nothing ran in it, or somebody put the file there'

const misplaced = 'its file says that it is another session’s, of another day, or nobody’s'

const crashed =
  'an empty or headless file of a session that the ledger does not know, as a crash leaves it: nothing ran'

const nothing = { statements: 0, refused: 0, errors: 0, rows: 0, bytes: 0, masked: 0 }

const endOf = (known: LedgerSession | undefined, told: ToldByRecording | undefined): Partial<SessionSummary> => {
  const end = known?.end ?? (told?.end && { ...told.end, endedAt: told.end.time })
  if (!end) return {}
  const { reason, by } = end
  return { end: end.end, endedAt: end.endedAt, ...(reason !== undefined && { reason }), ...(by && { endedBy: by }) }
}

/** Of a session whose recording is retired, or gone. */
const rowOfLeaf = ({ start, end, retired }: LedgerSession): SessionSummary => ({
  ...{ id: start.session, subject: start.subject, name: start.name, connection: start.connection },
  ...(start.owner && { owner: start.owner }),
  ...{
    grantId: start.grant,
    startedAt: start.startedAt,
    counters: nothing,
    policyHash: start.policy,
    seenClear: false,
  },
  ...endOf({ start, ...(end && { end }) }, undefined),
  ...(retired && { removed: { how: 'retired', at: retired.time } }),
})

/** Rows that are there stay as they are. */
const insert = async ({ db, seals }: Pick<RebuildOptions, 'db' | 'seals'>, session: SessionSummary): Promise<void> => {
  const { removed } = session
  await db
    .insertInto('sessions')
    .values({
      ...sealedRow(session, seals),
      ...(removed && { removed: removed.how, removed_at: Date.parse(removed.at) }),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

/**
 * Makes the rows of ended sessions that the store lacks, from recordings that are what the ledger says, and from the ledger where there is none.
 * A file that the ledger doesn't know, or knows otherwise, is left alone: a row would vouch for it.
 * @throws {HoopError} STORE_FAILED, LEDGER_DAMAGED; what the file system says of the folder
 */
export const rebuildSessions = async (options: RebuildOptions): Promise<Rebuilt> => {
  const { db, folder, recordings, stock, log } = options
  const { sessions, erased } = await ledgerSessions(folder, stock.size)
  const files = new Map((await recordingFiles(recordings)).map((file) => [file.session, file.path]))
  const missing = await missingAmong(db, [...new Set([...sessions.keys(), ...files.keys()])])
  if (missing.size > 0)
    log.warn({ sessions: missing.size }, 'the store lacks sessions: they are read from recordings and ledger')
  const leftOut: { session: string; why: string }[] = []
  let [made, fromLedger] = [0, 0]
  for (const session of missing) {
    if (erased.has(session)) continue
    const known = sessions.get(session)
    const path = files.get(session)
    const read = path === undefined ? undefined : await readOne({ session, path }, known)
    if (typeof read === 'string') leftOut.push({ session, why: read })
    else if (read && known) {
      const { start, counters, seenClear } = read
      await insert(options, { ...rowOfStart(start, counters), seenClear, ...endOf(known, read) })
      made++
    } else if (read) leftOut.push({ session, why: unknown })
    // One that has no end yet was open: what is to be said of it, recovery has said.
    else if (known?.end) {
      await insert(options, rowOfLeaf(known))
      fromLedger++
      if (!known.retired) leftOut.push({ session, why: 'its recording is gone, and nothing here has removed it' })
    }
  }
  for (const { session, why } of leftOut) log.warn({ session, why }, 'a recording does not make the session’s row')
  return { sessions: made, fromLedger, leftOut }
}

/** Whether a file has nothing of a session in it, not even its beginning. */
const isHeadless = async (path: string): Promise<boolean> => {
  try {
    for await (const _ of readRecording(path)) return false
  } catch {
    return true
  }
  return true
}

/** @returns why it isn't to be believed, where it isn't */
const readOne = async (
  { session, path }: { readonly session: string; readonly path: string },
  known: LedgerSession | undefined,
): Promise<ToldByRecording | string> => {
  try {
    const file = await lyingFile(path)
    const why = known && whyNot(file, known.end)
    if (why !== undefined) return why
    const told = await toldByRecording(path)
    if (!told) return known || !(await isHeadless(path)) ? misplaced : crashed
    const { start } = told
    const isInPlace = told.session === session && start.session === session
    if (!isInPlace || basename(dirname(path)) !== start.time.slice(0, 10)) return misplaced
    return told.end || known?.end ? told : 'its recording has no end'
  } catch (error) {
    const { code, message } = asHoopError(error, 'RECORDING_UNREADABLE')
    return known || !(await isHeadless(path)) ? `${code}: ${message}` : crashed
  }
}
