import type { Kysely, Selectable } from 'kysely'
import type { StandingApproval, StatementMeaning } from '../../lib/api/approvals.js'
import { HoopError } from '../../lib/errors.js'
import type { StandingApprovalsTable } from './tables.js'
import type { Tables } from '../schema.js'
import { isoTime } from '../whole.js'

/** An approval that stands for a while, with the groups that whoever gave it had. */
export interface StandingRecord extends StandingApproval {
  readonly textHash: string
  readonly groups: readonly string[]
}

const standingOf = (row: Selectable<StandingApprovalsTable>): StandingRecord => ({
  id: row.id,
  subject: row.subject,
  name: row.name,
  connection: row.connection,
  ...(row.database !== null && { database: row.database }),
  text: row.text,
  ...(row.meaning !== null && { meaning: JSON.parse(row.meaning) as StatementMeaning }),
  textHash: row.text_hash,
  by: { subject: row.by_subject, name: row.by_name },
  groups: JSON.parse(row.by_groups) as string[],
  reason: row.reason,
  createdAt: isoTime(row.created_at),
  expiresAt: isoTime(row.expires_at),
  ...(row.revoked_at !== null && { revokedAt: isoTime(row.revoked_at) }),
  ...(row.revoked_by !== null && { revokedBy: row.revoked_by }),
})

export class StandingRecords {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  async add(record: StandingRecord): Promise<void> {
    const { id, subject, name, connection, database, text, textHash, meaning, by, groups, reason } = record
    await this.#db
      .insertInto('standing_approvals')
      .values({
        ...{ id, subject, name, connection, text, reason, database: database ?? null },
        text_hash: textHash,
        meaning: meaning ? JSON.stringify(meaning) : null,
        by_subject: by.subject,
        by_name: by.name,
        by_groups: JSON.stringify(groups),
        created_at: Date.parse(record.createdAt),
        expires_at: Date.parse(record.expiresAt),
        revoked_at: null,
        revoked_by: null,
      })
      .execute()
  }

  /** Those in force for this statement of this person. @param textHash of the text and what it stands for */
  async covering(
    { subject, connection, database }: { subject: string; connection: string; database: string },
    textHash: string,
    at: number,
  ): Promise<StandingRecord[]> {
    const rows = await this.#db
      .selectFrom('standing_approvals')
      .selectAll()
      .where('subject', '=', subject)
      .where('connection', '=', connection)
      .where((eb) => eb.or([eb('database', '=', database), eb('database', 'is', null)]))
      .where('text_hash', '=', textHash)
      .where('meaning', 'is not', null)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', at)
      .execute()
    return rows.map(standingOf)
  }

  /** Newest first. @param at only those in force then */
  async list(at: number | undefined): Promise<StandingRecord[]> {
    let query = this.#db.selectFrom('standing_approvals').selectAll().orderBy('id', 'desc').limit(1000)
    if (at !== undefined) query = query.where('revoked_at', 'is', null).where('expires_at', '>', at)
    return (await query.execute()).map(standingOf)
  }

  /** @throws {HoopError} NOT_FOUND */
  async find(id: string): Promise<StandingRecord> {
    const row = await this.#db.selectFrom('standing_approvals').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw new HoopError('NOT_FOUND', `standing approval ${id}`)
    return standingOf(row)
  }

  async revoke(id: string, by: string, at: number): Promise<void> {
    await this.#db
      .updateTable('standing_approvals')
      .set({ revoked_at: at, revoked_by: by })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .execute()
  }
}
