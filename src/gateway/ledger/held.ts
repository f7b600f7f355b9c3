import type { Kysely } from 'kysely'
import type { HoldScope } from '../../lib/api/holds.js'
import { type Leaf, type LeafOf, openLeaf } from '../../ledger/leaves.js'
import { readContents } from '../../ledger/log/contents.js'
import { addHold, endHold } from '../../store/holds.js'
import type { Tables } from '../../store/schema.js'

/** What an act that places a hold says of what it covers. */
export const scopeOf = ({ after }: Pick<LeafOf<'act'>, 'after'>): HoldScope => after ?? {}

/** A hold that is in force by the ledger's own leaves. */
export type EnteredHold = HoldScope & { readonly id: string }

/** What is on hold, as the ledger's acts have it: the store's table can be edited by whoever can write its file. */
export class EnteredHolds {
  readonly #placed = new Map<string, HoldScope>()
  readonly #released = new Set<string>()

  /** Leaves come in their order, some of them twice. The first word on each hold counts. */
  add(leaf: Leaf): void {
    if (leaf.kind !== 'act') return
    if (leaf.act === 'hold.add' && !this.#placed.has(leaf.target)) this.#placed.set(leaf.target, scopeOf(leaf))
    if (leaf.act === 'hold.release' && this.#placed.has(leaf.target)) this.#released.add(leaf.target)
  }

  /** What was in force at a place, where the leaves before it aren't read. */
  resume(holds: readonly EnteredHold[]): void {
    for (const { id, ...scope } of holds) if (!this.#placed.has(id)) this.#placed.set(id, scope)
  }

  isInForce(id: string): boolean {
    return this.#placed.has(id) && !this.#released.has(id)
  }

  get inForce(): readonly EnteredHold[] {
    return [...this.#placed].filter(([id]) => this.isInForce(id)).map(([id, scope]) => ({ ...scope, id }))
  }
}

const apply = async (db: Kysely<Tables>, act: LeafOf<'act'>): Promise<void> => {
  const { target: id, by, at } = act
  if (act.act === 'hold.add') await addHold(db, { ...scopeOf(act), id, by, reason: act.reason ?? '', placedAt: at })
  if (act.act === 'hold.release') await endHold(db, id, by, act.reason ?? '', Date.parse(at))
}

/**
 * Holds that a store lacks since it was put back, from the acts that the ledger has of them: nothing that is on hold may go
 * because of it. Those that it has stay as they are.
 * @throws {HoopError} STORE_FAILED, LEDGER_DAMAGED
 */
export const restoreHolds = async (db: Kysely<Tables>, folder: string): Promise<void> => {
  for await (const { content, ...record } of readContents(folder)) {
    // Most lines are none; those aren't taken apart.
    if (!content.includes('"hold.')) continue
    const leaf = openLeaf({ ...record, content })
    if (leaf.kind === 'act') await apply(db, leaf)
  }
}
