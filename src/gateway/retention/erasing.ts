import type { Kysely } from 'kysely'
import type { Actor } from '../../lib/api.js'
import type { Erased, EraseRequest } from '../../lib/api/erasures.js'
import type { HoldScope } from '../../lib/api/holds.js'
import { HoopError } from '../../lib/errors.js'
import type { LeafOf } from '../../ledger/leaves.js'
import { recordingPath } from '../../recording/paths.js'
import { lyingFile, removeRecording } from '../../recording/removal.js'
import { type ErasableSession, erasableOf, eraseRows } from '../../store/erasures.js'
import type { Tables } from '../../store/schema.js'
import { personCalled } from '../../store/sessions/people.js'
import type { WriteAudit } from '../access/audit-log.js'
import type { StoreDamage } from '../ledger/damage.js'
import { lastEntered } from '../ledger/entered-act.js'
import type { GatewayLedger } from '../ledger/ledger.js'
import type { GatewayMetrics } from '../metrics/gateway-metrics.js'
import type { StatementIndex } from '../statements/statement-index.js'
import { agreedHolds } from './agreed-holds.js'
import { endsOf, type KnownEnd, whyAltered } from './ends.js'
import { isRetiredBy } from './retired-by.js'
import { onlyThis } from './only-this.js'
import { signedLeaf } from './signed-leaf.js'
import { leavesGoing, thoseTelling } from './telling.js'
import { Turns } from './turns.js'
import { type EndedSession, isHeld, theirs } from './whose.js'

export interface ErasingOptions {
  readonly db: Kysely<Tables>
  readonly write: WriteAudit
  readonly ledger: Pick<GatewayLedger, 'write' | 'folder' | 'checkpoint' | 'holds' | 'empty' | 'noted'>
  readonly statements: Pick<StatementIndex, 'erase'>
  /** Folder. */
  readonly recordings: string
  readonly turns: Turns
  readonly damage: Pick<StoreDamage, 'report'>
  readonly metrics: Pick<GatewayMetrics, 'retention'>
  /** Somebody takes the record along now. */
  readonly isTaken: () => boolean
}

type ErasedLeaf = Pick<LeafOf<'erased'>, 'session' | 'startedAt' | 'leaves'>

/** One that may go, with what goes. */
type Going = ErasableSession & {
  readonly bytes: number
  /** Of the file as it was looked at; undefined where it went before. */
  readonly stamp: string | undefined
  readonly facts: EndedSession
  readonly end: KnownEnd
  readonly leaves: readonly number[]
}

/** Sessions that are erased together: whoever wants to place a hold waits so long. No recording is read meanwhile. */
const portion = 20

/** How far a recording had come, as its end has it. */
const headOf = (end: KnownEnd) =>
  typeof end === 'object' && end.head !== undefined && end.problem === undefined
    ? {
        head: end.head,
        ...(end.frames !== undefined && end.size !== undefined && { frames: end.frames, size: end.size }),
      }
    : {}

/** Erases what was recorded of one person. Who may is for the caller to say. */
export class Erasing {
  readonly #options: ErasingOptions
  /** One erasure after the other: what one has looked at, no other takes away. */
  readonly #order = new Turns()

  constructor(options: ErasingOptions) {
    this.#options = options
  }

  /**
   * Recordings, statements, leaves' contents and rows of a person's ended sessions. First there is the act, then the ledger says of
   * each session what goes, then it goes; what a stop interrupts is finished by the next start.
   * @throws {HoopError} NOT_FOUND, RECORD_TAKEN, HOLDS_DIFFER, STORE_FAILED, LEDGER_FAILED, RECORDING_FAILED
   */
  erase(request: EraseRequest, by: Actor): Promise<Erased> {
    return this.#order.take(() => this.#erasePerson(request, by))
  }

  async #erasePerson({ person: called, reason, dry = false }: EraseRequest, by: Actor): Promise<Erased> {
    const { db, turns, write, ledger, metrics, isTaken } = this.#options
    const asked = await turns.take(async () => {
      const known = await personCalled(db, called)
      // What the ledger was told of just now is to be found as well.
      await ledger.noted()
      const holds = await agreedHolds(db, ledger)
      return { person: known, holds, found: await erasableOf(db, known.subject, holds) }
    })
    const { person, holds, found } = asked
    // Each recording is read to its end: nobody waits for that, and what may have changed since is asked for again.
    const { erasable, differing } = await this.#compared(found.sessions, holds)
    const { held, live } = found
    const told = { person, sessions: erasable.length, held, live, differing }
    if (dry || erasable.length === 0) return told
    const { subject } = person
    const act = await turns.take(async () => {
      if (isTaken()) throw new HoopError('RECORD_TAKEN')
      const after = { sessions: erasable.length, held, live, differing: differing.length }
      await write({ act: 'recording.erase', target: subject, subject, by, reason, after })
      const entered = await lastEntered(db, ledger, 'recording.erase', subject)
      if (!entered) throw new HoopError('STORE_FAILED', 'the store has not kept the act')
      return entered.number
    })
    let sessions = 0
    for (let from = 0; from < erasable.length; from += portion) {
      const part = erasable.slice(from, from + portion)
      sessions += await turns.take(() => this.#erase(part, { by, reason, act }))
    }
    metrics.retention.removed.erased += sessions
    // What was put on hold meanwhile, or altered, stays.
    return { ...told, sessions, held: held + erasable.length - sessions, act }
  }

  /**
   * What a gateway was stopped in. The caller has the turn.
   * @param index of the leaf that says it, as the store has it
   * @param holds that are in force
   * @returns why it stays as it is; undefined where it is done
   */
  async finish(index: number, session: string, holds: readonly HoldScope[]): Promise<string | undefined> {
    const { db, ledger, recordings, damage } = this.#options
    const leaf = await signedLeaf(ledger, index)
    if (leaf?.kind !== 'erased' || leaf.session !== session) {
      damage.report(`ledger_leaves ${index}`, `which does not say that session ${session} was to be erased`)
      return 'the ledger does not say that it was to be erased'
    }
    const path = recordingPath(recordings, session, leaf.startedAt)
    const file = await lyingFile(path)
    const end = (await endsOf(db, ledger, [session], damage)).get(session)
    if (file) {
      const known = { path, session: { id: session, startedAt: leaf.startedAt, endedAt: leaf.endedAt }, end, ledger }
      const why = (await whyAltered({ ...known, file })) ?? (await theirs({ ...known, db, holds })).why
      if (why !== undefined) return why
    }
    // An earlier version did not open what it listed.
    await this.#remove([{ ...leaf, leaves: await thoseTelling(ledger.folder, leaf.leaves, leaf.session) }])
    return undefined
  }

  async #compared(sessions: readonly ErasableSession[], holds: readonly HoldScope[]) {
    const { db, ledger, damage } = this.#options
    const erasable: Going[] = []
    const differing: { session: string; why: string }[] = []
    for (let from = 0; from < sessions.length; from += portion) {
      const part = sessions.slice(from, from + portion)
      const ends = await endsOf(
        db,
        ledger,
        part.map(({ id }) => id),
        damage,
      )
      for (const session of part) {
        const looked = await onlyThis(() => this.#lookedAt(session, ends.get(session.id), holds))
        if ('why' in looked) differing.push({ session: session.id, why: looked.why })
        else erasable.push(looked)
      }
    }
    return { erasable, differing }
  }

  async #lookedAt(
    session: ErasableSession,
    end: KnownEnd,
    holds: readonly HoldScope[],
  ): Promise<Going | { readonly why: string }> {
    const { db, ledger, recordings, damage } = this.#options
    const { id, startedAt } = session
    const path = recordingPath(recordings, id, startedAt)
    const file = await lyingFile(path)
    const known = { session, end, ledger }
    const leaves = await leavesGoing(db, ledger.folder, id)
    // That it was retired says the ledger, not the row; and a file that is back is held against the ledger as any is.
    const isRetired = session.isRetired && !file && (await isRetiredBy(db, ledger, id))
    const altered = isRetired ? undefined : await whyAltered({ ...known, path, file })
    if (altered !== undefined) return { why: altered }
    const whose = await theirs({ ...known, db, holds, path: file && path })
    if (whose.why !== undefined) return { why: whose.why }
    if (leaves) return { ...session, bytes: file?.bytes ?? 0, stamp: file?.stamp, facts: whose.facts, end, leaves }
    damage.report(`ledger_leaves of ${id}`, 'which name leaves that tell of something else')
    return { why: 'the store names leaves of it that tell of something else' }
  }

  /** In a turn: those that are as they were looked at, and that nothing holds by now. @returns how many went */
  async #erase(
    looked: readonly Going[],
    order: { readonly by: Actor; readonly reason: string; readonly act: number },
  ): Promise<number> {
    const { db, ledger, recordings, isTaken } = this.#options
    // Whole portions are erased before: the rest is found by whoever tries again.
    if (isTaken()) throw new HoopError('RECORD_TAKEN')
    const holds = await agreedHolds(db, ledger)
    const sessions: Going[] = []
    for (const each of looked) {
      const file = await lyingFile(recordingPath(recordings, each.id, each.startedAt))
      if (!isHeld(holds, each.facts) && file?.stamp === each.stamp) sessions.push(each)
    }
    if (sessions.length === 0) return 0
    const leaves = await Promise.all(
      sessions.map(async ({ id: session, startedAt, facts: { endedAt }, bytes, end, leaves: going }) => {
        const leaf = { ...{ session, startedAt, endedAt, bytes }, ...headOf(end), ...order, leaves: going }
        await ledger.write('erased', leaf)
        return leaf
      }),
    )
    await this.#remove(leaves)
    return sessions.length
  }

  /** The row last: by it the next start knows that nothing is left to do. */
  async #remove(leaves: readonly ErasedLeaf[]): Promise<void> {
    const { db, ledger, statements, recordings } = this.#options
    const sessions = leaves.map(({ session }) => session)
    for (const { session, startedAt } of leaves) await removeRecording(recordingPath(recordings, session, startedAt))
    await ledger.empty(leaves.flatMap((leaf) => leaf.leaves))
    await statements.erase(leaves.map(({ session: id, startedAt }) => ({ id, startedAt: Date.parse(startedAt) })))
    await eraseRows(db, sessions, Date.now())
  }
}
