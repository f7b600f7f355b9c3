import { Kysely } from 'kysely'
import type { Act } from '../../lib/api/acts.js'
import type { SessionSummary } from '../../lib/api.js'
import { HoopError } from '../../lib/errors.js'
import { actOf } from '../acts.js'
import type { Tables } from '../schema.js'
import { sessionOf } from '../sessions/rows.js'
import { postgresDialect } from './dialect.js'
import { type PostgresServer, storeSchema } from './server.js'

/** Sessions and acts as they stand in a store on a server, beside the gateway that writes it or without one. */
export class ServerAuditView implements AsyncDisposable {
  readonly #db: Kysely<Tables>

  private constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  /** @throws {HoopError} NOT_FOUND, STORE_FAILED */
  static async open(server: PostgresServer): Promise<ServerAuditView> {
    const view = new ServerAuditView(new Kysely<Tables>({ dialect: postgresDialect(server) }))
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#db.destroy()
  }
}
