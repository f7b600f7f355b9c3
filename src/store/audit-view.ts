import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Selectable } from 'kysely'
import type { Act } from '../lib/api/acts.js'
import type { SessionSummary } from '../lib/api.js'
import { HoopError } from '../lib/errors.js'
import { actOf } from './acts.js'
import { storeFailure } from './failure.js'
import type { ActsTable, SessionsTable } from './schema.js'
import { sessionOf } from './sessions/rows.js'

/** Sessions and acts as they stand in a store that is only read, beside the gateway that writes it or without one. */
export class AuditView implements Disposable {
  readonly #path: string
  readonly #db: DatabaseSync

  /** @throws {HoopError} NOT_FOUND, STORE_FAILED */
  constructor(path: string) {
    if (!existsSync(path)) throw new HoopError('NOT_FOUND', `the store ${path}`)
    this.#path = path
    try {
      this.#db = new DatabaseSync(path, { readOnly: true })
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
