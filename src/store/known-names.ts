import type { Store } from './open.js'
import { whole } from './whole.js'
import { WriteQueue } from './write-queue.js'

/** What a name of a policy means in a database. */
export interface StoredName {
  readonly entry: string
  readonly identity: string
  readonly relation: number
  readonly attribute: number
  readonly name: string
}

/** What names of policies mean in the databases, by address and name of the database. */
export class KnownNames {
  readonly #store: Store
  readonly #queue: WriteQueue

  constructor(store: Store) {
    this.#store = store
    this.#queue = new WriteQueue(store.db)
  }

  /**
   * Of a database by its address, and by its identity where that tells servers apart: the same database may have moved.
   * @throws {HoopError} STORE_FAILED
   */
  async of(database: string, identity: string): Promise<readonly StoredName[]> {
    const found = await this.#store.db
      .selectFrom('known_names')
      .selectAll()
      .where((row) =>
        identity.startsWith('-')
          ? row('database', '=', database)
          : row.or([row('database', '=', database), row('identity', '=', identity)]),
      )
      .execute()
    return found.map(({ entry, identity, relation, attribute, name }) => ({
      ...{ entry, identity, name },
      ...{ relation: whole(relation), attribute: whole(attribute) },
    }))
  }

  /** Resolves when they are durable. @throws {HoopError} STORE_FAILED */
  async put(database: string, names: readonly StoredName[]): Promise<void> {
    const key = ['database', 'identity', 'relation', 'attribute', 'entry'] as const
    await Promise.all(
      names.map(({ entry, identity, relation, attribute, name }) =>
        this.#queue.push((transaction) =>
          transaction
            .insertInto('known_names')
            .values({ database, entry, identity, relation, attribute, name })
            .onConflict((conflict) => conflict.columns([...key]).doUpdateSet({ name }))
            .execute(),
        ),
      ),
    )
  }

  /** Forgets what is no more. Resolves when that is durable. @throws {HoopError} STORE_FAILED */
  async drop(database: string, identity: string, relations: readonly number[]): Promise<void> {
    await Promise.all(
      relations.map((relation) =>
        this.#queue.push((transaction) =>
          transaction
            .deleteFrom('known_names')
            .where('database', '=', database)
            .where('identity', '=', identity)
            .where('relation', '=', relation)
            .execute(),
        ),
      ),
    )
  }

  async settled(): Promise<void> {
    await this.#queue.settled()
  }
}
