import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Selectable } from 'kysely'
import type { Act } from '../lib/api/acts.js'
import type { SessionSummary } from '../lib/api.js'
import { HoopError } from '../lib/errors.js'
import { actOf, isMade, type SealedAct } from './acts.js'
import { storeFailure } from './failure.js'
import type { ActsTable, SessionsTable } from './schema.js'
import type { Seals } from './seals.js'
import { sessionOf } from './sessions/rows.js'
import { whole } from './whole.js'

/** Sessions and acts as they stand in a store that is only read, beside the gateway that writes it or without one. */
export class AuditView implements Disposable {
  readonly #path: string
  readonly #db: DatabaseSync
  readonly #seals: Pick<Seals, 'isRight'> | undefined

  /** @param seals where the key is at hand. @throws {HoopError} NOT_FOUND, STORE_FAILED */
  constructor(path: string, seals?: Pick<Seals, 'isRight'>) {
    this.#seals = seals
    if (!existsSync(path)) throw new HoopError('NOT_FOUND', `the store ${path}`)
    this.#path = path
    try {
      this.#db = new DatabaseSync(path, { readOnly: true, readBigInts: true })
    } catch (error) {
      throw storeFailure(path, error)
    }
  }

  async *sessions(): AsyncGenerator<SessionSummary, void> {
    for (const row of this.#rows('select * from sessions order by started_at, id'))
      yield sessionOf(row as Selectable<SessionsTable>)
  }

  async *acts(): AsyncGenerator<Act, void> {
    for (const row of this.#rows('select * from acts order by number')) yield actOf(row as Selectable<ActsTable>)
  }

  /** Numbers of acts that no gateway with the key has written as they stand there. None where that can't be known. */
  async *unsealed(): AsyncGenerator<number, void> {
    const seals = this.#seals
    // An earlier version's store.
    if (!seals || this.#rows(`select 1 from sqlite_master where name = 'act_seals'`).length === 0) return
    const rows = this.#rows(
      'select acts.*, act_seals.seal from acts left join act_seals on act_seals.number = acts.number',
    ) as SealedAct[]
    for (const row of rows) if (!isMade(row, seals)) yield whole(row.number)
  }

  [Symbol.dispose](): void {
    this.#db.close()
  }

  /** Read at once: what is read row by row would keep the gateway's journal from being emptied. */
  #rows(sql: string): unknown[] {
    try {
      return this.#db.prepare(sql).all()
    } catch (error) {
      throw storeFailure(this.#path, error)
    }
  }
}
