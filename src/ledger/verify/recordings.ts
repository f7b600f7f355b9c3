import { lstat, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { asHoopError } from '../../lib/errors.js'
import { toHex } from '../../recording/format/envelope.js'
import { type OpenFrame, readFrames, readHeader } from '../../recording/format/frames.js'
import { eventsOf } from '../../recording/format/lines.js'
import { Source } from '../../recording/format/source.js'
import type { EndEvent, StartEvent } from '../../recording/events.js'
import { EventCounter } from '../../recording/counters.js'
import { extension } from '../../recording/paths.js'
import type { SessionCounters } from '../../lib/api.js'
import type { LeafOf } from '../leaves.js'
import type { SessionFacts } from './facts.js'
import type { Finding } from './report.js'

/** What a recording's file says of itself. */
export interface ReadRecording {
  readonly frames: number
  readonly closed: boolean
  readonly start?: StartEvent
  readonly end?: EndEvent
  /** Something masked left clear. */
  readonly seenClear: boolean
  readonly counters: SessionCounters
  /** Frames whose events could not be read here. */
  readonly unread: number
}

export interface RecordingFile {
  readonly session: string
  /** Of the folder that it lies in. */
  readonly day: string
  readonly path: string
}

/** What is called as a day and is no folder has no recordings: those of that day are missing then. */
const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR' || error.code === 'ENOENT' || error.code === 'ELOOP') return []
    throw error
  })

/** Whether it is a link: what that leads to lies where it can be replaced. */
export const isLink = (path: string): Promise<boolean> =>
  lstat(path).then(
    (there) => there.isSymbolicLink(),
    () => false,
  )

/** Every recording's file. Of one session there may be two, which is not as it should be. */
export const recordingFiles = async (folder: string): Promise<RecordingFile[]> => {
  const days = (await readdir(folder)).filter((name) => /^\d{4}-\d\d-\d\d$/.test(name)).sort()
  const files = await Promise.all(
    days.map(async (day) =>
      (await namesIn(join(folder, day)))
        .filter((name) => name.endsWith(extension))
        .sort()
        .map((name) => ({ session: basename(name, extension), day, path: join(folder, day, name) })),
    ),
  )
  return files.flat()
}

type Field = readonly [name: string, value: string, of: (event: StartEvent) => string]

/** What the ledger says of a session's beginning, and where the recording says it. */
const fieldsOf = (leaf: LeafOf<'session.start'>): readonly Field[] => [
  ['session', leaf.session, ({ session }) => session],
  ['subject', leaf.subject, ({ subject }) => subject],
  ['name', leaf.name, ({ name }) => name],
  ...(leaf.owner === undefined
    ? []
    : [['owner', leaf.owner?.subject ?? 'nobody', ({ owner }: StartEvent) => owner?.subject ?? 'nobody'] as const]),
  ['connection', leaf.connection, ({ connection }) => connection],
  ['grant', leaf.grant, ({ grant }) => grant],
  ['policy', leaf.policy, ({ policy }) => policy.hash],
  ['began', leaf.startedAt, ({ time }) => time],
]

/**
 * Holds one recording against what the ledger says of it: every head that was entered has to be the value of its chain at
 * that frame.
 */
export const checkRecording = async (
  session: string,
  path: string,
  { start: known, heads, end }: Pick<SessionFacts, 'start' | 'heads' | 'end'>,
  found: (finding: Finding) => void,
  openFrame?: OpenFrame,
): Promise<ReadRecording> => {
  const expected = Map.groupBy(heads, ({ frames: at }) => at)
  const last = expected.keys().reduce((one, other) => Math.max(one, other), 0)
  const counter = new EventCounter()
  let [frames, closed, torn] = [0, false, 0]
  let unread = 0
  let start: StartEvent | undefined
  let ended: EndEvent | undefined
  let seenClear = false
  let isWrong = false
  const wrong = (finding: Omit<Finding, 'session'>): void => {
    if (!isWrong) found({ session, ...finding })
    isWrong = true
  }
  try {
    // What a link leads to lies where it can be replaced.
    if (await isLink(path)) wrong({ kind: 'recording-altered', frame: 0, found: 'a link in the file’s place' })
    if (await isLink(dirname(path)))
      wrong({ kind: 'recording-altered', frame: 0, found: 'a link in place of the day’s folder' })
    await using source = await Source.open(path)
    const { header, chain } = await readHeader(source)
    if (header.session !== session) wrong({ kind: 'recording-misplaced', expected: session, found: header.session })
    for await (const frame of readFrames(source, chain, openFrame)) {
      frames = chain.frames
      if (frame.unread) unread++
      const value = toHex(chain.head)
      const other = expected.get(frames)?.find(({ head, size }) => head !== value || size !== chain.size)
      if (other) wrong({ kind: 'recording-altered', frame: frames - 1, expected: other.head, found: value })
      if (frame.kind !== 'events') continue
      for (const event of eventsOf(frame)) {
        if (event.type === 'start') start ??= event
        if (event.type === 'end') ended = event
        if (event.type === 'result' && event.seenClear) seenClear = true
        counter.add(event)
      }
    }
    ;({ closed, torn } = chain)
  } catch (error) {
    const { code, message } = asHoopError(error, 'RECORDING_UNREADABLE')
    wrong({ kind: code === 'NOT_FOUND' ? 'recording-missing' : 'recording-altered', frame: frames, found: message })
  }
  const differs = known && start && fieldsOf(known).find(([, value, of]) => value !== of(start))
  if (differs) {
    const [field, value, of] = differs
    wrong({ kind: 'recording-altered', frame: 0, expected: `${field} ${value}`, found: `${field} ${of(start!)}` })
  }
  if (frames < last)
    wrong({ kind: 'recording-truncated', frame: frames, expected: `${last} frames`, found: `${frames} frames` })
  const isEntered = end?.frames !== undefined && end.problem === undefined
  if (isEntered && frames > end.frames)
    wrong({
      kind: 'recording-extended',
      frame: end.frames,
      expected: `${end.frames} frames`,
      found: `${frames} frames`,
    })
  if (isEntered && (!closed || torn > 0))
    wrong({
      kind: 'recording-truncated',
      frame: frames,
      expected: 'a recording that was closed',
      found: 'one without its end',
    })
  if (end?.problem !== undefined && !isWrong) found({ kind: 'recording-failed', session, found: end.problem })
  const events = { ...(start && { start }), ...(ended && { end: ended }) }
  return { frames, closed, seenClear, ...events, counters: counter.counters, unread }
}

/** Whether a recording is that of a session in which no statement was let through. */
export const ranNothing = ({ counters, unread }: ReadRecording): boolean =>
  unread === 0 && counters.statements === 0 && counters.refused === 0
