import type { Kysely, Transaction } from 'kysely'
import { type ApprovalVote, valid } from '../../lib/api/approvals.js'
import { groupsNamed, type ListedGroups } from '../people/people.js'
import type { Tables } from '../schema.js'
import type { ApprovalRecord } from './rows.js'

/** So many members of these groups. */
export interface Needed {
  readonly groups: readonly string[]
  readonly count: number
}

/** Whether these people, by their groups, are as many as it takes of each; one person counts for one of them only. */
export const enough = (needs: readonly Needed[], people: readonly (readonly string[])[]): boolean => {
  const seats = needs.flatMap(({ groups, count }) => Array.from({ length: count }, () => groups))
  const seated = new Map<number, number>()
  // Whoever sits where somebody new could sit moves on to another seat, if there is one (Kuhn's algorithm).
  const seat = (person: number, tried: Set<number>): boolean =>
    seats.some((groups, place) => {
      if (tried.has(place) || !groups.some((group) => people[person]!.includes(group))) return false
      tried.add(place)
      const other = seated.get(place)
      if (other !== undefined && !seat(other, tried)) return false
      seated.set(place, person)
      return true
    })
  for (const person of people.keys()) seat(person, new Set())
  return seated.size === seats.length
}

/** Whose votes count. */
export interface Counting {
  /** Whoever is shut out doesn't count. */
  readonly isOut?: ((subject: string) => boolean) | undefined
  readonly listed?: ListedGroups | undefined
}

/**
 * Whether enough of those who approved a request may still do so, by the groups that the directory or the provider named
 * last. Of who wasn't seen since those are kept, the vote counts as it was given.
 * @throws {HoopError} STORE_FAILED
 */
export const stillApproved = async (
  db: Kysely<Tables> | Transaction<Tables>,
  {
    votes,
    approvers,
    groups,
    needed,
  }: Pick<ApprovalRecord, 'approvers' | 'groups' | 'needed'> & {
    readonly votes: readonly ApprovalVote[]
  },
  { isOut = () => false, listed }: Counting = {},
): Promise<boolean> => {
  const counted = valid(votes).filter(({ vote, subject }) => vote === 'approve' && !isOut(subject))
  const named = await groupsNamed(
    db,
    counted.map(({ subject }) => subject),
    listed,
  )
  return enough(
    approvers ?? [{ groups, count: needed }],
    counted.map(({ subject }) => named.get(subject) ?? groups),
  )
}
