import type { Logger } from 'pino'
import type { Kysely } from 'kysely'
import { lyingFile, removeRecording } from '../../recording/removal.js'
import { recordingPath } from '../../recording/paths.js'
import { type KeptFilter, keptSessions, type KeptSession, noteRetired } from '../../store/removals.js'
import type { Tables } from '../../store/schema.js'
import type { GatewayLedger } from '../ledger/ledger.js'
import { agreedHolds } from './agreed-holds.js'
import { endsOf, whyAltered } from './ends.js'
import type { Turns } from './turns.js'
import { whyNotTheirs } from './whose.js'

export interface RetiringOptions {
  readonly db: Kysely<Tables>
  readonly ledger: Pick<GatewayLedger, 'write' | 'folder' | 'holds'>
  /** Folder. */
  readonly recordings: string
  readonly turns: Turns
  readonly log: Logger
  /** Somebody takes the record along now: what was listed has to be there until they are done. */
  readonly isTaken: () => boolean
}

export interface Rule {
  readonly why: 'age' | 'size'
  /** Milliseconds, or bytes. */
  readonly limit: number
}

interface Retired {
  /** The last one that was looked at; undefined where there are no more. */
  readonly last: KeptSession | undefined
  readonly recordings: number
  readonly bytes: number
}

/** Recordings that go together: whoever wants to place a hold waits so long. */
const portion = 50

/** Removes recordings that are no longer to be kept: first the ledger says so, then the file goes, then the store knows. */
export class Retiring {
  readonly #options: RetiringOptions
  /** Said once. */
  readonly #told = new Set<string>()

  constructor(options: RetiringOptions) {
    this.#options = options
  }

  /**
   * The next oldest ones that nothing holds. What isn't as the ledger has it stays: it is evidence.
   * @param most bytes: no more go than it takes
   * @throws {HoopError} STORE_FAILED, LEDGER_FAILED, HOLDS_DIFFER; RECORDING_FAILED where files can't be removed: the ledger has them by
   * then, and they are removed by the next run
   */
  next(rule: Rule, filter: Pick<KeptFilter, 'endedBefore' | 'after'>, most = Infinity): Promise<Retired> {
    const { db, ledger, recordings, turns, isTaken } = this.#options
    return turns.take(async () => {
      if (isTaken()) return { last: undefined, recordings: 0, bytes: 0 }
      const holds = await agreedHolds(db, ledger)
      const sessions = await keptSessions(db, { ...filter, holds }, portion)
      const ids = sessions.map(({ id }) => id)
      const ends = await endsOf(db, ledger.folder, ids)
      const going: {
        readonly session: KeptSession
        readonly path: string
        readonly bytes: number
        readonly head?: string
      }[] = []
      const last = sessions.length < portion ? undefined : sessions.at(-1)
      let bytes = 0
      for (const session of sessions) {
        if (bytes >= most) break
        const path = recordingPath(recordings, session.id, session.startedAt)
        const file = await lyingFile(path)
        const known = { session, end: ends.get(session.id), ledger: ledger.folder }
        const why =
          (await whyAltered({ ...known, path, file, endedBefore: filter.endedBefore })) ??
          (await whyNotTheirs({ ...known, db, holds, path: file && path }))
        if (why !== undefined || !file) this.#tell(session.id, why)
        else {
          going.push({ session, path, ...file })
          bytes += file.bytes
        }
      }
      await Promise.all(
        going.map(({ session: { id, startedAt, endedAt }, bytes: size, head }) => {
          const file = { bytes: size, ...(head !== undefined && { head }) }
          return ledger.write('retired', { ...{ session: id, startedAt, endedAt, ...rule }, ...file })
        }),
      )
      for (const { path } of going) await removeRecording(path)
      if (going.length > 0)
        await noteRetired(
          db,
          going.map(({ session }) => session.id),
          Date.now(),
        )
      return { last, recordings: going.length, bytes }
    })
  }

  #tell(session: string, why: string | undefined): void {
    if (this.#told.has(session)) return
    this.#told.add(session)
    this.#options.log.error(
      { session, why },
      'a recording is not removed by retention: look at it with hoop audit verify',
    )
  }
}
