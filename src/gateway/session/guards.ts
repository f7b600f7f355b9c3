import type { Logger } from 'pino'
import type { PolicyConfig } from '../../policy/config/schema.js'
import type { Guard } from '../../policy/decision.js'
import { PolicyGuard } from '../../policy/guard.js'
import type { FollowedNames } from '../../sql/catalog/known.js'
import { initParser } from '../../sql/parser.js'
import type { CatalogSources, DatabaseCatalog } from '../upstream/catalog-source.js'
import type { GuardMaker, GuardOrder } from './runtimes.js'

interface Made {
  readonly guard: Guard
  readonly source: DatabaseCatalog | undefined
}

/** Masks need to know what names mean, and so do rules: a view reads through, a function or a trigger does the forbidden. */
const needsCatalog = ({ masks, rules }: PolicyConfig): boolean => masks.length > 0 || rules.length > 0

/** What a policy's rules name: what is renamed stays what they mean. */
const namedByRules = ({ rules }: PolicyConfig): FollowedNames => {
  const conditions = rules.map(({ when }) => when)
  const columns = conditions.flatMap(({ columns = [] }) => columns)
  const tables = columns.map((column) => column.slice(0, column.lastIndexOf('.')))
  const relations = conditions.flatMap(({ reads = [], writes = [] }) => [...reads, ...writes])
  return {
    columns: [...new Set(columns.filter((column) => !column.endsWith('.*')))],
    relations: [...new Set([...relations, ...tables])],
  }
}

interface GuardsOptions {
  readonly maskingKey: Buffer
  readonly catalogs: CatalogSources
  readonly log: Logger
}

/**
 * Makes the guards of a configuration: one for each connection, database, policy and view, shared by all of its sessions,
 * so that what it cost to decide on one session's statement serves the next.
 */
export const guardMaker = ({ maskingKey, catalogs, log }: GuardsOptions): GuardMaker => {
  const guards = new Map<string, Promise<Made>>()

  const make = async (order: GuardOrder): Promise<Made> => {
    await initParser()
    const { policy, clear, connection, database, target } = order
    const masked = policy.masks.flatMap(({ columns }) => columns)
    const needs = { masked, pure: policy.functions.pure, rules: namedByRules(policy) }
    const source = needsCatalog(policy) ? catalogs.of(target, database) : undefined
    await source?.fresh()
    for (const column of source?.under(needs).unknown ?? [])
      log.warn({ connection, database, column }, 'the policy masks a column that is not there')
    const current = source && {
      get catalog() {
        return source.under(needs)
      },
      refresh: () => source.refresh(),
      renew: () => source.refresh(),
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
