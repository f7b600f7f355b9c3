import type { ApprovalRecord } from '../../../src/store/approvals/rows.js'

type Seen = 'ran' | 'failed' | 'unknown'

/** Numbers from a seed (mulberry32). */
const random = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

/** The dice of a campaign, and what its clients were told of each id that they wrote. */
export class Races {
  readonly #random: () => number
  #rounds: number
  #lastId = 0
  /** Refused for want of an approval: may be run again. */
  readonly #refused: number[] = []
  readonly #seen = new Map<number, Seen[]>()
  readonly failures: unknown[] = []

  constructor(seed: number, rounds: number) {
    this.#random = random(seed)
    this.#rounds = rounds
  }

  next(): boolean {
    if (this.#rounds % 1000 === 0) console.log(`${this.#rounds} rounds to go`)
    return this.failures.length === 0 && this.#rounds-- > 0
  }

  failed(error: unknown): void {
    this.failures.push(error)
  }

  below(n: number): number {
    return Math.floor(this.#random() * n)
  }

  chance(probability: number): boolean {
    return this.#random() < probability
  }

  /** Milliseconds that a request may wait. */
  life(): number {
    return this.chance(0.4) ? 5 + this.below(40) : 150
  }

  id(): number {
    return ++this.#lastId
  }

  /** One that was refused before, or a new one. */
  again(): number {
    const [known] =
      this.#refused.length > 0 && this.chance(0.6) ? this.#refused.splice(this.below(this.#refused.length), 1) : []
    return known ?? this.id()
  }

  saw(ids: readonly number[], what: Seen): void {
    for (const id of ids) this.#seen.set(id, [...(this.#seen.get(id) ?? []), what])
    if (what === 'failed' && ids.length === 2) this.#refused.push(ids[1]!)
  }

  /**
   * What is wrong with what is in the table in the end.
   * @param effects ids in it
   * @param records all requests
   */
  faults(effects: readonly number[], records: readonly ApprovalRecord[]): string[] {
    const there = counted(effects)
    const approved = counted(records.filter(({ state }) => state === 'used').flatMap(idOf))
    const asked = new Set(records.flatMap(idOf))
    const faults = []
    for (const { id, state, votes } of records)
      if (state === 'used' && !votes.some(({ vote }) => vote === 'approve')) faults.push(`${id} was used unapproved`)
    for (const [id, seen] of this.#seen) {
      const [ran, maybe] = [seen.filter((one) => one === 'ran').length, seen.filter((one) => one === 'unknown').length]
      const count = there.get(id) ?? 0
      if (count < ran || count > ran + maybe) faults.push(`${id} is there ${count} times, and was ${seen.join(', ')}`)
      if (asked.has(id) && count > (approved.get(id) ?? 0))
        faults.push(`${id} is there ${count} times without an approval`)
    }
    return faults
  }

  /** Something of everything has happened. */
  get outcomes(): Readonly<Record<Seen, number>> {
    const all = [...this.#seen.values()].flat()
    const of = (what: Seen): number => all.filter((one) => one === what).length
    return { ran: of('ran'), failed: of('failed'), unknown: of('unknown') }
  }
}

const counted = (ids: readonly number[]): Map<number, number> => {
  const counts = new Map<number, number>()
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}

const idOf = ({ text, parameters: [first] }: ApprovalRecord): number[] => {
  const [, inText] = /values \((\d+)\)/.exec(text) ?? []
  const id = inText ?? (typeof first === 'string' ? first : undefined)
  return id === undefined ? [] : [Number(id)]
}
