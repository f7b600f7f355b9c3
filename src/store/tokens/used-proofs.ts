import type { Kysely } from 'kysely'
import type { Tables } from '../schema.js'
import { WriteQueue } from '../write-queue.js'

/** Milliseconds between two sweeps. */
const sweepEvery = 60_000

/** Proofs that were used, also by a gateway that ran on this store before. */
export interface UsedProofs {
  /**
   * Resolves when it is durable that the proof was used; those that come together share one transaction.
   * @param expiresAt milliseconds since 1970, until when it is remembered
   * @returns false where it had been used before
   * @throws {HoopError} STORE_FAILED
   */
  add(hash: string, expiresAt: number): Promise<boolean>
}

export const usedProofs = (db: Kysely<Tables>): UsedProofs => {
  const queue = new WriteQueue(db)
  let swept = Date.now()

  return {
    add: async (hash, expiresAt) => {
      const now = Date.now()
      let isNew = false
      const sweeps = now - swept >= sweepEvery
      if (sweeps) swept = now
      await queue.push(async (transaction) => {
        if (sweeps) await transaction.deleteFrom('used_proofs').where('expires_at', '<', now).execute()
        const added = await transaction
          .insertInto('used_proofs')
          .values({ hash, expires_at: expiresAt })
          .onConflict((conflict) => conflict.column('hash').doNothing())
          .returning('hash')
          .execute()
        isNew = added.length > 0
      })
      return isNew
    },
  }
}
