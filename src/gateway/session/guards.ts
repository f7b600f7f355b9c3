import type { Logger } from 'pino'
import type { PolicyConfig } from '../../policy/config/schema.js'
import type { Guard } from '../../policy/decision.js'
import { PolicyGuard } from '../../policy/guard.js'
import type { Analyst } from '../../policy/texts/text-facts.js'
import { needsCatalog } from '../../policy/needs-catalog.js'
import type { FollowedNames } from '../../sql/catalog/known.js'
import type { AskSession } from '../../sql/catalog.js'
import { initParser } from '../../sql/parser.js'
import type { CatalogSources, DatabaseCatalog } from '../upstream/catalog/catalog-source.js'
import type { UpstreamTarget } from '../upstream/target.js'
import type { GuardMaker, GuardOrder } from './runtimes.js'

interface Made {
  readonly guard: Guard
  readonly source: DatabaseCatalog | undefined
}

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
  /** The most statements that one text may have. */
  readonly statements?: number
  /** Who reads long texts. */
  readonly analyst?: Analyst
}

/**
 * Makes the guards of a configuration: one for each connection, database, policy and view, shared by all of its sessions,
 * so that what it cost to decide on one session's statement serves the next. Other certificates may lead to another
 * server, so a connection whose files were read again has others.
 */
export const guardMaker = ({ maskingKey, catalogs, log, statements, analyst }: GuardsOptions): GuardMaker => {
  const byTarget = new WeakMap<UpstreamTarget, Map<string, Promise<Made>>>()

  const make = async (order: GuardOrder): Promise<Made> => {
    await initParser()
    const { policy, clear, connection, database, target } = order
    const masked = policy.masks.flatMap(({ columns }) => columns)
    const needs = { masked, pure: policy.functions.pure, rules: namedByRules(policy) }
    const source = needsCatalog(policy) ? catalogs.of(target, database) : undefined
    await source?.known()
    for (const column of (await source?.ready(needs))?.unknown ?? [])
      log.warn({ connection, database, column }, 'the policy masks a column that is not there')
    const current = source && {
      get catalog() {
        return source.under(needs)
      },
      refresh: () => source.refresh(),
      renew: (inTransaction: boolean) => source.renew(inTransaction),
      own: (ask: AskSession) => source.own(ask, needs),
    }
    return {
      guard: new PolicyGuard({ policy, clear, source: current, maskKey: maskingKey, statements, analyst }),
      source,
    }
  }

  return async (order) => {
    const key = [order.connection, order.database, order.policyName, order.clear].join('\0')
    const guards = byTarget.get(order.target) ?? new Map<string, Promise<Made>>()
    byTarget.set(order.target, guards)
    const made = guards.get(key) ?? make(order)
    guards.set(key, made)
    try {
      const { guard, source } = await made
      await source?.known()
      // Nothing is confirmed for a policy that only observes, so nothing else would tell that the catalog has changed.
      if (!guard.witness) source?.refresh().catch((err: unknown) => log.warn({ err }, 'stale catalog'))
      return guard
    } catch (error) {
      // Asked again for the next session: what failed may be back by then.
      if (guards.get(key) === made) guards.delete(key)
      throw error
    }
  }
}
