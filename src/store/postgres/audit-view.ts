import { Kysely } from 'kysely'
import type { Act } from '../../lib/api/acts.js'
import type { SessionSummary } from '../../lib/api.js'
import { HoopError } from '../../lib/errors.js'
import { actOf, isMade, sealedActsAfter } from '../acts.js'
import type { Tables } from '../schema.js'
import type { Seals } from '../seals.js'
import { sessionOf } from '../sessions/rows.js'
import { whole } from '../whole.js'
import { postgresDialect } from './dialect.js'
import { type PostgresServer, storeSchema } from './server.js'

/** Sessions and acts as they stand in a store on a server, beside the gateway that writes it or without one. */
export class ServerAuditView implements AsyncDisposable {
  readonly #db: Kysely<Tables>
  readonly #seals: Pick<Seals, 'isRight'> | undefined

  private constructor(db: Kysely<Tables>, seals: Pick<Seals, 'isRight'> | undefined) {
    this.#db = db
    this.#seals = seals
  }

  /** @param seals where the key is at hand. @throws {HoopError} NOT_FOUND, STORE_FAILED */
  static async open(server: PostgresServer, seals?: Pick<Seals, 'isRight'>): Promise<ServerAuditView> {
    const view = new ServerAuditView(new Kysely<Tables>({ dialect: postgresDialect(server) }), seals)
    try {
      const schemas = await view.#db.introspection.getSchemas()
      if (schemas.some(({ name }) => name === storeSchema)) return view
      throw new HoopError('NOT_FOUND', `the store ${server.name}`)
    } catch (error) {
      await view[Symbol.asyncDispose]()
      throw error
    }
  }

  async *sessions(): AsyncGenerator<SessionSummary, void> {
    const rows = await this.#db.selectFrom('sessions').selectAll().orderBy('started_at').orderBy('id').execute()
    for (const row of rows) yield sessionOf(row)
  }

  async *acts(): AsyncGenerator<Act, void> {
    for (const row of await this.#db.selectFrom('acts').selectAll().orderBy('number').execute()) yield actOf(row)
  }

  /** Numbers of acts that no gateway with the key has written as they stand there. None where that can't be known. */
  async *unsealed(): AsyncGenerator<number, void> {
    const seals = this.#seals
    const tables = await this.#db.introspection.getTables()
    // An earlier version's store.
    if (!seals || !tables.some(({ name, schema }) => schema === storeSchema && name === 'act_seals')) return
    for (let last = Number.MIN_SAFE_INTEGER; ;) {
      const rows = await sealedActsAfter(this.#db, last, 500)
      for (const row of rows) if (!isMade(row, seals)) yield whole(row.number)
      const end = rows.at(-1)
      if (!end) return
      last = whole(end.number)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#db.destroy()
  }
}
