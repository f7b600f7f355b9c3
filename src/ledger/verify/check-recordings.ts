import { lstat } from 'node:fs/promises'
import { recordingPath } from '../../recording/paths.js'
import type { OpenFrame } from '../../recording/format/frames.js'
import type { LeafOf } from '../leaves.js'
import type { Facts, SessionFacts } from './facts.js'
import { checkRecording, ranNothing, type ReadRecording, type RecordingFile } from './recordings.js'
import type { Removal } from './removals.js'
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
  readonly openFrame?: OpenFrame | undefined
  readonly progress: (what: 'recordings', done: number, of: number) => void
}

export interface CheckedRecordings {
  readonly recordings: ReadonlyMap<string, ReadRecording>
  /** Recordings from before the ledger began. */
  readonly before: number
}

/** A recording is there an instant before its session is in the ledger, milliseconds at most. */
const instant = 10_000
/** What two clocks that are kept right differ by at most, milliseconds. */
const skew = 300_000
/** A day's folder has sessions that began in these milliseconds. */
const oneDay = 86_400_000

const dayOf = (time: string | undefined): string | undefined => time?.slice(0, 10)

/**
 * One that the ledger doesn't know. What its file says of itself is anybody's word: it may be newer than the ledger, but
 * not from a time to come, nor from before the ledger in a folder of another day.
 * @returns whether it is from before the ledger
 */
const unknown = (file: RecordingFile, read: ReadRecording, { facts, now, found }: CheckRecordingsOptions): boolean => {
  const { start } = read
  const { session, day } = file
  // A crash can leave a file without so much as a beginning; its session never was, and the next start ends it. One in which
  // something ran is none that a crash left: the beginning is the first that is written.
  if (!start) {
    const isEmpty = ranNothing(read)
    const kind = isEmpty ? 'nothing-ran' : 'recording-unknown'
    found({ kind, session, found: isEmpty ? 'an empty or headless file' : 'one without a beginning that can be read' })
    return false
  }
  const began = Date.parse(start.time)
  if (began < (facts.began ?? Infinity) && dayOf(start.time) === day) return true
  const isRefused = facts.refused.has(`session ${session}`)
  const isNew = !isRefused && began > Math.max(now, facts.last) - instant && began < Date.now() + skew
  const kind = ranNothing(read) ? 'nothing-ran' : isNew ? 'not-entered-yet' : 'recording-unknown'
  found({ kind, session, time: start.time })
  return false
}

const pathIn = (folder: string, { session, startedAt }: LeafOf<'session.start'>): string | undefined => {
  try {
    return recordingPath(folder, session, startedAt)
  } catch {
    return undefined
  }
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

/** How a known session's end was entered, or why not. */
const checkEnd = (session: string, known: SessionFacts, read: ReadRecording, options: CheckRecordingsOptions): void => {
  const { facts, found } = options
  const { end, at, witnessed } = known
  const more = (end?.frames ?? read.frames) - witnessed
  if (end?.late && more > 0) {
    const frame = witnessed > 0 && { frame: witnessed - 1 }
    found({ kind: 'entered-late', session, ...frame, found: `${more} frames behind it`, time: end.time })
  }
  if (end || !read.closed) return
  // A start that could not be entered leaves a closed recording too, of which the store knows nothing.
  const isKept = at.start !== undefined && facts.isRestarted(at.start) && !ranNothing(read)
  found({ kind: isKept ? 'never-entered' : 'not-entered-yet', session })
}

/** What the ledger still says of an erased session: how far its recording had come. */
const erasedFacts = ({ session, time, endedAt, ...leaf }: Removal['leaf']): SessionFacts => {
  const { head, frames, size } = { frames: undefined, size: undefined, ...leaf }
  if (head === undefined || frames === undefined || size === undefined) return { heads: [], at: {}, witnessed: 0 }
  const known = { head, frames, size }
  const end = { ...{ kind: 'session.end' as const, time, session, end: 'closed' as const, endedAt }, ...known }
  return { heads: [known], end, at: {}, witnessed: frames }
}

/** Holds all recordings against the ledger, and the ledger's sessions against the recordings that are there. */
export const checkRecordings = async (options: CheckRecordingsOptions): Promise<CheckedRecordings> => {
  const { folder, files, facts, since, found, progress, openFrame } = options
  const recordings = new Map<string, ReadRecording>()
  const isLeftOut = ({ start }: SessionFacts): boolean => Date.parse(start?.startedAt ?? '') < since
  const check = async (session: string, path: string, known: SessionFacts): Promise<ReadRecording> => {
    const read = await checkRecording(session, path, known, found, openFrame)
    recordings.set(session, read)
    checkEnd(session, known, read, options)
    return read
  }
  /** Of what was removed and is there even so. Only the file's head is known of what was erased. */
  const checkRemoved = async (session: string, path: string, { leaf }: Removal): Promise<void> => {
    if (!(await isThere(path))) return
    const known = facts.sessions.get(session)
    recordings.set(session, await checkRecording(session, path, known?.start ? known : erasedFacts(leaf), found))
    found({ kind: 'removal-unfinished', session, time: leaf.time })
  }
  let before = 0
  for (const [at, file] of files.entries()) {
    const { session, day, path } = file
    progress('recordings', at + 1, files.length)
    const removal = facts.removals.of(session)
    if (removal && !recordings.has(session)) {
      if (Date.parse(removal.leaf.startedAt) >= since) await checkRemoved(session, path, removal)
      continue
    }
    const known = facts.sessions.get(session)
    // When a session began is what the ledger says; what its file says, and where that lies, is whoever's wrote it last.
    if (known ? isLeftOut(known) : Date.parse(day) + oneDay < since) continue
    if (recordings.has(session)) {
      found({ kind: 'recording-unknown', session, found: `a second file, of ${day}` })
      continue
    }
    if (known) {
      await check(session, path, known)
      const expected = dayOf(known.start?.startedAt)
      if (expected !== undefined && expected !== day)
        found({ kind: 'recording-misplaced', session, expected, found: day })
      continue
    }
    const read = await checkRecording(session, path, { heads: [] }, () => undefined, openFrame)
    const began = read.start?.time
    if (dayOf(began) === day && Date.parse(began ?? '') < since) continue
    recordings.set(session, read)
    if (unknown(file, read, options)) before++
  }
  for (const [session, known] of facts.sessions) {
    if (recordings.has(session) || isLeftOut(known) || facts.removals.of(session)) continue
    const { start } = known
    // One that began after the files were looked for has its file by now; it is checked like the others.
    const path = start && pathIn(folder, start)
    if (path !== undefined && (await isThere(path))) await check(session, path, known)
    else found({ kind: 'recording-missing', session, ...(start && { time: start.startedAt }) })
  }
  return { recordings, before }
}
