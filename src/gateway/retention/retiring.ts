import type { Logger } from 'pino'
import type { HoldScope } from '../../lib/api/holds.js'
import type { Kysely } from 'kysely'
import { type LyingFile, lyingFile, removeRecording } from '../../recording/removal.js'
import { recordingPath } from '../../recording/paths.js'
import { type KeptFilter, keptSessions, type KeptSession, noteRetired } from '../../store/removals.js'
import type { Tables } from '../../store/schema.js'
import type { StoreDamage } from '../ledger/damage.js'
import type { GatewayLedger } from '../ledger/ledger.js'
import { agreedHolds } from './agreed-holds.js'
import { endsOf, type KnownEnd, whyAltered } from './ends.js'
import { onlyThis } from './only-this.js'
import type { Turns } from './turns.js'
import { type EndedSession, isHeld, theirs } from './whose.js'

export interface RetiringOptions {
  readonly db: Kysely<Tables>
  readonly ledger: Pick<GatewayLedger, 'write' | 'folder' | 'checkpoint' | 'holds'>
  /** Folder. */
  readonly recordings: string
  readonly turns: Turns
  readonly log: Logger
  readonly damage: Pick<StoreDamage, 'report'>
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

/** Recordings that are looked at together. */
const portion = 50
/** Of these so many go together: whoever wants to place a hold waits so long. No file is read meanwhile. */
const together = 8

/** One that was looked at, and may go. */
interface Going {
  readonly session: KeptSession
  readonly path: string
  readonly file: LyingFile
  readonly facts: EndedSession
}

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
  async next(rule: Rule, filter: Pick<KeptFilter, 'endedBefore' | 'after'>, most = Infinity): Promise<Retired> {
    const { db, ledger, turns, isTaken } = this.#options
    if (isTaken()) return { last: undefined, recordings: 0, bytes: 0 }
    const [holds, sessions] = await turns.take(async () => {
      const inForce = await agreedHolds(db, ledger)
      return [inForce, await keptSessions(db, { ...filter, holds: inForce }, portion)] as const
    })
    const going = await this.#looked(sessions, holds, filter.endedBefore, most)
    let [recordings, bytes] = [0, 0]
    for (let from = 0; from < going.length; from += together) {
      const gone = await turns.take(() => this.#retire(rule, going.slice(from, from + together)))
      recordings += gone.length
      bytes += gone.reduce((sum, { file }) => sum + file.taken, 0)
    }
    return { last: sessions.length < portion ? undefined : sessions.at(-1), recordings, bytes }
  }

  /** Reads each to its end, so nobody waits for it: what may have changed since is asked for again when it goes. */
  async #looked(
    sessions: readonly KeptSession[],
    holds: readonly HoldScope[],
    endedBefore: number | undefined,
    most: number,
  ): Promise<readonly Going[]> {
    const { db, ledger, damage } = this.#options
    const ids = sessions.map(({ id }) => id)
    const ends = await endsOf(db, ledger, ids, damage)
    const going: Going[] = []
    let bytes = 0
    for (const session of sessions) {
      if (bytes >= most) break
      const looked = await onlyThis(() => this.#lookedAt(session, ends.get(session.id), holds, endedBefore))
      if ('why' in looked) this.#tell(session.id, looked.why)
      else {
        going.push(looked)
        bytes += looked.file.taken
      }
    }
    return going
  }

  async #lookedAt(
    session: KeptSession,
    end: KnownEnd,
    holds: readonly HoldScope[],
    endedBefore: number | undefined,
  ): Promise<Going | { readonly why: string }> {
    const { db, ledger, recordings } = this.#options
    const path = recordingPath(recordings, session.id, session.startedAt)
    const file = await lyingFile(path)
    const known = { session, end, ledger }
    const altered = await whyAltered({ ...known, path, file, endedBefore })
    if (altered !== undefined || !file) return { why: altered ?? 'its file is gone' }
    const told = await theirs({ ...known, db, holds, path })
    return told.why === undefined ? { session, path, file, facts: told.facts } : { why: told.why }
  }

  /** In a turn: those that are as they were looked at, and that nothing holds by now. @returns what went */
  async #retire(rule: Rule, looked: readonly Going[]): Promise<readonly Going[]> {
    const { db, ledger, isTaken } = this.#options
    if (isTaken()) return []
    const holds = await agreedHolds(db, ledger)
    const going: Going[] = []
    for (const each of looked)
      if (!isHeld(holds, each.facts) && (await lyingFile(each.path))?.stamp === each.file.stamp) going.push(each)
    if (going.length === 0) return []
    await Promise.all(
      going.map(({ session: { id, startedAt }, facts: { endedAt }, file: { bytes: size, head } }) => {
        const file = { bytes: size, ...(head !== undefined && { head }) }
        return ledger.write('retired', { ...{ session: id, startedAt, endedAt, ...rule }, ...file })
      }),
    )
    for (const { path } of going) await removeRecording(path)
    const ids = going.map(({ session }) => session.id)
    await noteRetired(db, ids, Date.now())
    return going
  }

  #tell(session: string, why: string): void {
    if (this.#told.has(session)) return
    this.#told.add(session)
    this.#options.log.error(
      { session, why },
      'a recording is not removed by retention: look at it with hoop audit verify',
    )
  }
}
