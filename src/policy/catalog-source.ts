import type { Catalog } from '../sql/catalog.js'

/** Where the guards of one database get what names mean. */
export interface CatalogSource {
  /** The snapshot in force: another object whenever it is another. @throws where none was ever read */
  readonly catalog: Catalog
  /** Resolves when a snapshot that began after this call is in force. @throws what reading it throws */
  refresh(): Promise<unknown>
  /** The same, unless it was read within `age` milliseconds; absent where it never changes. */
  renew?(age: number): Promise<unknown> | undefined
}
