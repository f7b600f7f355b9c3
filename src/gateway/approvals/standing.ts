import type { Kysely } from 'kysely'
import type { Actor } from '../../lib/api.js'
import { type StandingRecord, StandingRecords } from '../../store/approvals/standing.js'
import { groupsNamed, type ListedGroups } from '../../store/people/people.js'
import type { Tables } from '../../store/schema.js'
import type { WriteAudit } from '../access/audit-log.js'
import type { Person } from './rights.js'

/** The groups that a token names, without those that the provider or the directory has taken away since. @throws {HoopError} STORE_FAILED */
export const groupsStillNamed = async (
  db: Kysely<Tables>,
  { subject, groups }: Pick<Person, 'subject' | 'groups'>,
  listed?: ListedGroups,
): Promise<readonly string[]> => {
  const named = (await groupsNamed(db, [subject], listed)).get(subject)
  return named ? groups.filter((group) => named.includes(group)) : groups
}

/** Approvals that stand for a while, and what of them counts now. */
export class StandingApprovals extends StandingRecords {
  readonly #kept: Kysely<Tables>
  readonly #write: WriteAudit
  readonly #isOut: (subject: string) => boolean
  readonly #listed: ListedGroups | undefined

  constructor(
    db: Kysely<Tables>,
    write: WriteAudit,
    isOut: (subject: string) => boolean,
    listed: ListedGroups | undefined,
  ) {
    super(db)
    this.#kept = db
    this.#write = write
    this.#isOut = isOut
    this.#listed = listed
  }

  /** Approves a statement for a while. @throws {HoopError} STORE_FAILED */
  async give(record: StandingRecord): Promise<void> {
    const { id: target, subject, by, reason, connection, database, expiresAt: until } = record
    await this.#kept.transaction().execute(async (transaction) => {
      await new StandingRecords(transaction).add(record)
      const after = { connection, database, until }
      await this.#write({ act: 'standing.add', by, target, subject, reason, after }, transaction)
    })
  }

  /** Takes it back. @throws {HoopError} STORE_FAILED */
  async takeBack({ id: target, subject, by: giver }: StandingRecord, by: Actor): Promise<void> {
    await this.#kept.transaction().execute(async (transaction) => {
      await new StandingRecords(transaction).revoke(target, by.subject, Date.now())
      const before = { by: giver.subject }
      await this.#write({ act: 'standing.revoke', by, target, subject, before }, transaction)
    })
  }

  /**
   * Those whose giver isn't shut out, with the groups that they had then and still have by what the provider named last.
   * @throws {HoopError} STORE_FAILED
   */
  async inForce(all: readonly StandingRecord[]): Promise<StandingRecord[]> {
    const good = all.filter(({ by }) => !this.#isOut(by.subject))
    return Promise.all(
      good.map(async (one) => ({
        ...one,
        groups: await groupsStillNamed(this.#kept, { subject: one.by.subject, groups: one.groups }, this.#listed),
      })),
    )
  }

  /** Whether somebody approves anything, by groups that they still have. @throws {HoopError} STORE_FAILED */
  async mayGive(person: Pick<Person, 'subject' | 'groups'>, approvers: readonly string[]): Promise<boolean> {
    const groups = await groupsStillNamed(this.#kept, person, this.#listed)
    return approvers.some((group) => groups.includes(group))
  }
}
