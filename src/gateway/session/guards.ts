import type { Logger } from 'pino'
import type { PolicyConfig } from '../../policy/config/schema.js'
import type { Guard } from '../../policy/decision.js'
import { PolicyGuard } from '../../policy/guard.js'
import { initParser } from '../../sql/parser.js'
import { CatalogSource, readCatalog } from '../upstream/catalog-source.js'
import type { GuardMaker, GuardOrder } from './runtimes.js'

interface Made {
  readonly guard: Guard
  readonly source: CatalogSource | undefined
}

/** Masks need to know what names mean, and so do rules: a view reads through, a function or a trigger does the forbidden. */
const needsCatalog = ({ masks, rules }: PolicyConfig): boolean => masks.length > 0 || rules.length > 0

const sourceOf = ({ target, database, policy, connection }: GuardOrder, log: Logger): CatalogSource => {
  const masked = policy.masks.flatMap(({ columns }) => columns)
  return new CatalogSource(
    () => readCatalog(target, database, masked, policy.functions.pure),
    log.child({ connection, database }),
  )
}

/**
 * Makes the guards of a configuration: one for each connection, database, policy and view, shared by all of its sessions,
 * so that what it cost to decide on one session's statement serves the next.
 */
export const guardMaker = ({ maskingKey, log }: { maskingKey: Buffer; log: Logger }): GuardMaker => {
  const guards = new Map<string, Promise<Made>>()

  const make = async (order: GuardOrder): Promise<Made> => {
    await initParser()
    const { policy, clear, connection, database } = order
    const source = needsCatalog(policy) ? sourceOf(order, log) : undefined
    for (const column of (await source?.fresh())?.unknown ?? [])
      log.warn({ connection, database, column }, 'the policy masks a column that is not there')
    const current = source && {
      get catalog() {
        return source.last
      },
      refresh: () => source.refresh(),
      renew: (age: number) => source.renew(age),
    }
    return { guard: new PolicyGuard({ policy, clear, source: current, maskKey: maskingKey }), source }
  }

  return async (order) => {
    const key = [order.connection, order.database, order.policyName, order.clear].join('\0')
    const made = guards.get(key) ?? make(order)
    guards.set(key, made)
    try {
      const { guard, source } = await made
      await source?.fresh()
      return guard
    } catch (error) {
      // Asked again for the next session: what failed may be back by then.
      if (guards.get(key) === made) guards.delete(key)
      throw error
    }
  }
}
