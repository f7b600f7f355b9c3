import type { Approval, ApprovalState } from '../../../lib/api/approvals.js'

/** `requested` is told of what waits already, too; `decided` is an approval or a denial; `voted` one of several it takes. */
export type ApprovalEventName = 'requested' | 'voted' | 'decided' | 'used' | 'expired' | 'withdrawn' | 'break-glass'

export interface ApprovalChange {
  readonly event: ApprovalEventName
  readonly approval: Approval
}

const names: Readonly<Record<ApprovalState, readonly ApprovalEventName[]>> = {
  open: [],
  approved: ['decided'],
  used: ['decided', 'used'],
  denied: ['decided'],
  expired: ['expired'],
  withdrawn: ['withdrawn'],
  'break-glass': ['break-glass'],
}

/** What happened between two looks at the same list. */
export class ApprovalChanges {
  #known = new Map<string, Approval>()

  /** Those that may have changed without being in `list` any more. */
  missing(list: readonly Approval[]): string[] {
    const there = new Set(list.map(({ id }) => id))
    return this.open.flatMap(({ id }) => (there.has(id) ? [] : [id]))
  }

  /** What waits, oldest first. */
  get open(): readonly Approval[] {
    return [...this.#known.values()].filter(({ state }) => state === 'open').sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** What was settled before the first look is no news. */
  begin(list: readonly Approval[]): ApprovalChange[] {
    this.#known = new Map(list.map((one) => [one.id, one]))
    return this.open.map((approval) => ({ event: 'requested', approval }))
  }

  next(list: readonly Approval[]): ApprovalChange[] {
    const before = this.#known
    this.#known = new Map(list.map((one) => [one.id, one]))
    return list
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .flatMap((approval) => between(before.get(approval.id), approval).map((event) => ({ event, approval })))
  }
}

const between = (before: Approval | undefined, after: Approval): readonly ApprovalEventName[] => {
  if (!before) return after.state === 'break-glass' ? ['break-glass'] : ['requested', ...names[after.state]]
  if (before.state === after.state) return after.votes.length > before.votes.length ? ['voted'] : []
  const told = names[before.state]
  return names[after.state].filter((name) => !told.includes(name))
}
