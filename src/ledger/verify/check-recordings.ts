import { stat } from 'node:fs/promises'
import { recordingPath } from '../../recording/paths.js'
import type { Facts } from './facts.js'
import { checkRecording, ranNothing, type ReadRecording, type RecordingFile } from './recordings.js'
import type { Finding } from './report.js'

export interface CheckRecordingsOptions {
  readonly folder: string
  /** That were there before the ledger was read. */
  readonly files: readonly RecordingFile[]
  readonly facts: Facts
  /** Milliseconds since 1970: sessions that began before are left out. */
  readonly since: number
  /** When the files were looked for. */
  readonly now: number
  readonly found: (finding: Finding) => void
  readonly progress: (what: 'recordings', done: number, of: number) => void
}

export interface CheckedRecordings {
  readonly recordings: ReadonlyMap<string, ReadRecording>
  /** Recordings from before the ledger began. */
  readonly before: number
}

/** A recording is there an instant before its session is in the ledger, milliseconds at most. */
const instant = 10_000

const dayOf = (time: string | undefined): string | undefined => time?.slice(0, 10)

/** One that the ledger doesn't know. @returns whether it is from before the ledger */
const unknown = (session: string, read: ReadRecording, { facts, now, found }: CheckRecordingsOptions): boolean => {
  const { start } = read
  // A crash can leave a file without so much as a beginning; its session never was.
  if (!start) return (found({ kind: 'nothing-ran', session, found: 'an empty or headless file' }), false)
  const began = Date.parse(start.time)
  if (began < (facts.began ?? Infinity)) return true
  const isNew = began > now - instant
  const kind = ranNothing(read) ? 'nothing-ran' : isNew ? 'not-entered-yet' : 'recording-unknown'
  found({ kind, session, time: start.time })
  return false
}

const isThere = async (folder: string, session: string, startedAt: string): Promise<boolean> =>
  stat(recordingPath(folder, session, startedAt)).then(
    () => true,
    () => false,
  )

/** Holds all recordings against the ledger, and the ledger's sessions against the recordings that are there. */
export const checkRecordings = async (options: CheckRecordingsOptions): Promise<CheckedRecordings> => {
  const { folder, files, facts, since, found, progress } = options
  const recordings = new Map<string, ReadRecording>()
  let before = 0
  for (const [at, { session, day, path }] of files.entries()) {
    progress('recordings', at + 1, files.length)
    // A day ends at most 24 hours after it began.
    if (Date.parse(day) + 86_400_000 < since) continue
    const known = facts.sessions.get(session)
    if (recordings.has(session)) {
      found({ kind: 'recording-unknown', session, found: `a second file, of ${day}` })
      continue
    }
    const reports: Finding[] = []
    const read = await checkRecording(session, path, known ?? { heads: [] }, (finding) => void reports.push(finding))
    if (Date.parse(read.start?.time ?? '') < since) continue
    recordings.set(session, read)
    if (!known) {
      if (unknown(session, read, options)) before++
      continue
    }
    for (const report of reports) found(report)
    const expected = dayOf(known.start?.startedAt)
    if (expected !== undefined && expected !== day)
      found({ kind: 'recording-misplaced', session, expected, found: day })
    if (!known.end && read.closed) found({ kind: 'not-entered-yet', session })
  }
  for (const [session, { start }] of facts.sessions) {
    if (recordings.has(session) || Date.parse(start?.startedAt ?? '') < since) continue
    // One that began while this was being checked has its file by now.
    if (start && (await isThere(folder, session, start.startedAt))) continue
    found({ kind: 'recording-missing', session, ...(start && { time: start.startedAt }) })
  }
  return { recordings, before }
}
