import type { Logger } from 'pino'
import type { Store } from '../../store/open.js'

export interface StatementIndexOptions {
  /** Of the index's own database. */
  readonly path: string
  /** Folder. */
  readonly recordings: string
  readonly store: Pick<Store, 'db'>
  readonly log: Pick<Logger, 'error' | 'info'>
  /** Milliseconds until what failed is tried again. */
  readonly pause?: number
}
