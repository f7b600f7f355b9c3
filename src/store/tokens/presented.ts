import type { Kysely } from 'kysely'
import type { Tables } from '../schema.js'
import { WriteQueue } from '../write-queue.js'

/** Milliseconds between two sweeps. */
const sweepEvery = 600_000

/** What is known of a token that somebody presents. */
export interface Presentation {
  /** Thumbprint of the key that presented it first. */
  readonly jkt: string
  /** It wasn't presented before. */
  readonly isFirst: boolean
}

/** Which key presented a token first. */
export interface PresentedTokens {
  /**
   * Resolves when it is durable that the token is this key's, or with whose it is already.
   * @param expiresAt milliseconds since 1970, until when it is remembered
   * @throws {HoopError} STORE_FAILED
   */
  present(hash: string, jkt: string, expiresAt: number): Promise<Presentation>
}

export const presentedTokens = (db: Kysely<Tables>): PresentedTokens => {
  const queue = new WriteQueue(db)
  let swept = Date.now()

  const sweep = (now: number): void => {
    if (now - swept < sweepEvery) return
    swept = now
    // What isn't swept now is swept next time: it only takes room.
    queue
      .push((transaction) => transaction.deleteFrom('presented_tokens').where('expires_at', '<', now).execute())
      .catch(() => undefined)
  }

  return {
    present: async (hash, jkt, expiresAt) => {
      sweep(Date.now())
      let first = { jkt, isFirst: false }
      await queue.push(async (transaction) => {
        const added = await transaction
          .insertInto('presented_tokens')
          .values({ hash, jkt, expires_at: expiresAt })
          .onConflict((conflict) => conflict.column('hash').doNothing())
          .returning('hash')
          .execute()
        const known = await transaction
          .selectFrom('presented_tokens')
          .select('jkt')
          .where('hash', '=', hash)
          .executeTakeFirstOrThrow()
        first = { jkt: known.jkt, isFirst: added.length > 0 }
      })
      return first
    },
  }
}
