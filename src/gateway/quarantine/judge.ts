import { asLongAs, deadline } from '../../lib/deadline.js'
import { HoopError } from '../../lib/errors.js'
import type { LoadedConfig } from '../../policy/config/load.js'
import type { EntryLogin } from '../../policy/config/sections/entry-login.js'
import { needsCatalog } from '../../policy/needs-catalog.js'
import type { Reading } from '../../sql/catalog.js'
import type { CatalogSources, DatabaseCatalog } from '../upstream/catalog/catalog-source.js'
import { anyTargetOf, loginKey } from '../upstream/login/logins.js'
import type { UpstreamTarget } from '../upstream/target.js'
import { goneColumns, type Look, unknownColumns } from '../upstream/catalog/unknown-columns.js'
import type { Trouble } from './trouble.js'

/** For the catalogs of other connections, where they may have what this one lacks, milliseconds. */
const OTHERS_PATIENCE = 5_000

export interface LookOptions {
  readonly loaded: LoadedConfig
  /** Name of the connection. */
  readonly connection: string
  /** Of those who log in by a login of their own; undefined: of all others. */
  readonly login?: EntryLogin | undefined
  readonly catalogs: CatalogSources
  /** How to log in to any connection, as far as that is known. */
  readonly target: (connection: string) => UpstreamTarget | undefined
}

/** Whether policies can be applied to a database, and the catalog that says so. */
export interface Judged {
  readonly source: DatabaseCatalog
  readonly reading: Reading
  readonly troubles: readonly Trouble[]
}

/** Policies under which somebody may use a connection by this login, and whose masks or rules have to be applied to a catalog. */
export const policiesOf = ({ loaded: { config }, connection, login }: LookOptions): string[] => {
  const entries = config.connections[connection]?.access.filter((entry) => loginKey(entry.login) === loginKey(login))
  const used = new Set(entries?.map(({ policy }) => policy))
  // A role that may not be changed is held by a rule, which looks into functions.
  const anyway = config.connections[connection]?.role !== undefined
  return [...used].filter((name) => config.policies[name] && (anyway || needsCatalog(config.policies[name])))
}

/** What went wrong with a catalog, also in the words of the driver: the server's error, or its own where none came in time. */
export const catalogTrouble = (error: unknown, database: string): HoopError => {
  const words = error instanceof Error ? error.message : String(error)
  const { code, name } = error as { code?: unknown; name?: unknown }
  if (code === '57014' || words === 'Query read timeout' || name === 'TimeoutError')
    return new HoopError('CATALOG_LATE', `of ${database}`, { cause: error })
  if (error instanceof HoopError) return error
  return new HoopError('POLICY_UNAPPLIED', `the catalog of ${database} can’t be read (${words})`, { cause: error })
}

/** Applies the connection's policies to what was read last of a database. Never throws. */
export const judge = async (
  options: LookOptions,
  source: DatabaseCatalog,
  database: string,
  signal: AbortSignal,
): Promise<Judged> => {
  const { loaded, connection, catalogs } = options
  const reading = source.last
  const look: Look = async (name, place, masked) => {
    if (name === connection && place === database) return source.ready({ masked })
    const other = catalogs.of(options.target(name) ?? anyTargetOf(loaded, name), place)
    await asLongAs(other.known(), deadline(OTHERS_PATIENCE, signal))
    return other.ready({ masked })
  }
  const had = (name: string, place: string): Promise<ReadonlySet<string>> => {
    const { host, port } = loaded.config.connections[name]!.url
    return catalogs.had(host, port, place)
  }
  const troubles = await Promise.all(
    policiesOf(options).map(async (policy): Promise<Trouble[]> => {
      try {
        const gone = await goneColumns({ loaded, policy, at: { connection, database }, look, had })
        return gone.length === 0 ? [] : [{ database, policy, error: unknownColumns(gone) }]
      } catch (error) {
        return [{ database, policy, error: catalogTrouble(error, database) }]
      }
    }),
  )
  return { source, reading, troubles: troubles.flat() }
}
