import { type HoldScope, isCovered } from '../../lib/api/holds.js'
import type { SessionSummary } from '../../lib/api.js'
import type { Leaf, LeafKind, LeafOf } from '../leaves.js'
import type { Finding } from './report.js'

/** That a recording went as it should, and where the ledger says so. The first word holds. */
export interface Removal {
  readonly index: bigint
  readonly leaf: LeafOf<'retired'> | LeafOf<'erased'>
}

/** What has to be known of a session. */
interface RemovedSession {
  readonly start?: LeafOf<'session.start'>
  readonly end?: LeafOf<'session.end'>
  readonly at: { readonly end?: bigint }
}

/** Whatever an erasure says: acts, what was read and what the gateway did are nobody's to erase. */
const erasable: ReadonlySet<LeafKind> = new Set(['session.start', 'session.head', 'session.end'])

interface PlacedHold {
  readonly scope: HoldScope
  readonly from: bigint
  to?: bigint
}

/** What leaves say of recordings that were removed, and of what was on hold then. */
export class Removals {
  readonly #removed = new Map<string, Removal>()
  readonly #holds = new Map<string, PlacedHold>()
  readonly #erasures = new Map<number, string | undefined>()
  /** Kinds of leaves whose content is gone, by place: the entry keeps it in clear. */
  readonly #emptied = new Map<bigint, LeafKind>()

  get size(): number {
    return this.#removed.size
  }

  of(session: string): Removal | undefined {
    return this.#removed.get(session)
  }

  isErased(session: string): boolean {
    return this.#removed.get(session)?.leaf.kind === 'erased'
  }

  count(how: 'retired' | 'erased'): number {
    return this.#removed.values().reduce((sum, { leaf }) => sum + Number(leaf.kind === how), 0)
  }

  add(index: bigint, leaf: Leaf): void {
    if (leaf.kind === 'retired' || leaf.kind === 'erased') {
      const known = this.#removed.get(leaf.session)
      // What was retired can still be erased: then less is there.
      if (!known || (known.leaf.kind === 'retired' && leaf.kind === 'erased'))
        this.#removed.set(leaf.session, { index, leaf })
    }
    if (leaf.kind !== 'act') return
    if (leaf.act === 'hold.add') this.#holds.set(leaf.target, { scope: leaf.after ?? {}, from: index })
    if (leaf.act === 'recording.erase') this.#erasures.set(leaf.number, leaf.subject)
    const held = leaf.act === 'hold.release' ? this.#holds.get(leaf.target) : undefined
    if (held) held.to ??= index
  }

  /** A leaf whose content is not there. */
  emptied(index: bigint, kind: LeafKind): void {
    this.#emptied.set(index, kind)
  }

  /**
   * Holds removals against the rest: none of a session that went on or was on hold, none of another recording than the one
   * that was entered, and no leaf without its content that nobody erased.
   * @param row what the store has of a session
   */
  check(
    sessions: ReadonlyMap<string, RemovedSession>,
    row: (session: string) => SessionSummary | undefined,
    found: (finding: Finding) => void,
  ): void {
    /** How many erasures name a leaf: it tells of one session. */
    const erased = new Map<bigint, number>()
    for (const [session, removal] of this.#removed) {
      const { leaf, index } = removal
      const place = { session, leaf: `${index}`, time: leaf.time }
      const known = sessions.get(session)
      const { start, end, at } = known ?? {}
      if (leaf.kind === 'erased')
        for (const each of new Set(leaf.leaves.map(BigInt)))
          if (each < index) erased.set(each, (erased.get(each) ?? 0) + 1)
      if (start && !(end && at?.end !== undefined && at.end < index)) found({ kind: 'removed-open', ...place })
      if (end?.head !== undefined && leaf.head !== end.head && end.problem === undefined)
        found({ kind: 'recording-altered', ...place, expected: end.head, found: leaf.head ?? 'no head' })
      const held = this.#heldAt(removal, { start, end }, row(session))
      if (held !== undefined) found({ kind: 'removed-on-hold', ...place, found: `hold ${held}` })
      if (leaf.kind === 'erased')
        found({ kind: 'recording-erased', ...place, found: `by ${leaf.by.name}: ${leaf.reason}` })
    }
    for (const [index, kind] of this.#emptied)
      if (!erasable.has(kind) || erased.get(index) !== 1) found({ kind: 'leaf-missing', leaf: `${index}` })
  }

  /** The hold that was in force when it was removed. Whose it was says the ledger, or of what was erased the act. */
  #heldAt(
    { leaf, index }: Removal,
    { start, end }: { [Which in 'start' | 'end']: RemovedSession[Which] | undefined },
    row: SessionSummary | undefined,
  ): string | undefined {
    const { session: id } = leaf
    const { startedAt } = start ?? leaf
    const { endedAt } = end ?? leaf
    const erasedOf = leaf.kind === 'erased' ? this.#erasures.get(leaf.act) : undefined
    const subject = start?.subject ?? erasedOf ?? row?.subject ?? ''
    // The store's word counts for what the ledger doesn't say: leaves of an earlier version name no owner.
    const owner = start?.owner === undefined ? (erasedOf ?? row?.owner?.subject) : start.owner?.subject
    const session = { id, subject, owner, startedAt, endedAt }
    for (const [hold, { scope, from, to }] of this.#holds)
      if (from < index && (to === undefined || to > index) && isCovered(scope, session)) return hold
    return undefined
  }
}
