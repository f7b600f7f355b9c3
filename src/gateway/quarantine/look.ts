import limit from 'p-limit'
import { asLongAs, deadline } from '../../lib/deadline.js'
import { asHoopError, HoopError } from '../../lib/errors.js'
import { inServersWords, loginOnce, refusalIn } from '../upstream/login/login-once.js'
import { rolesOf, tryRole } from '../upstream/login/roles.js'
import { databasesOf, targetOf, type UpstreamTarget } from '../upstream/target.js'
import { catalogTrouble, judge, type Judged, type LookOptions, policiesOf } from './judge.js'
import type { Trouble } from './trouble.js'
import type { Looked } from './watch.js'

/** For a database's catalog, milliseconds. */
const CATALOG_PATIENCE = 30_000

/** Databases of one connection that are looked at side by side. */
const AT_ONCE = 4

/**
 * Why nobody can log in to a database. A server that has no room at the moment isn't in trouble: sessions hear it in its
 * own words.
 */
const loginTrouble = async (
  target: UpstreamTarget,
  database: string,
  signal: AbortSignal,
): Promise<HoopError | undefined> => {
  try {
    await loginOnce(target, database, signal)
    return undefined
  } catch (error) {
    const refusal = refusalIn(error)
    const sqlstate = refusal?.fields['C'] ?? ''
    if (sqlstate.startsWith('53')) return undefined
    if (refusal && sqlstate.startsWith('57'))
      return new HoopError('UPSTREAM_UNREACHABLE', refusal.message, { cause: error })
    return asHoopError(inServersWords(error))
  }
}

/** Why a role that sessions get can't be held. */
const roleTrouble = async (
  { loaded, connection }: LookOptions,
  target: UpstreamTarget,
  database: string,
): Promise<HoopError | undefined> => {
  try {
    // Names that one server has, all of its databases have; each may let another login in, though.
    for (const role of rolesOf(loaded, connection)) await tryRole(target, database, role)
    return undefined
  } catch (error) {
    return isFull(error) ? undefined : asHoopError(error)
  }
}

/** The server has no room for the gateway's own connection; what was read last will do, since the witness confirms it. */
const isFull = (error: unknown): boolean =>
  error instanceof HoopError && String((error.cause as { code?: unknown } | undefined)?.code).startsWith('53')

/** Reads a database's catalog, and applies the policies to it; troubles alone where it can't be read. */
const applied = async (
  options: LookOptions,
  target: UpstreamTarget,
  database: string,
  signal: AbortSignal,
): Promise<Judged | readonly Trouble[]> => {
  const source = options.catalogs.of(target, database)
  try {
    await asLongAs(source.latest(), deadline(CATALOG_PATIENCE, signal))
  } catch (error) {
    const failure = catalogTrouble(error, database)
    if (!source.lastRead || !isFull(error))
      return policiesOf(options).map((policy) => ({ database, policy, error: failure }))
  }
  return judge(options, source, database, signal)
}

/** What one database is like, or what keeps everybody out of it; undefined where no policy needs its catalog. */
type Found = Judged | readonly Trouble[] | undefined

const troublesIn = (found: Found): readonly Trouble[] => (found && 'troubles' in found ? found.troubles : (found ?? []))

const judgedIn = (found: Found): Judged | undefined => (found && 'troubles' in found ? found : undefined)

const lookedOf = (
  options: LookOptions,
  target: UpstreamTarget | undefined,
  found: ReadonlyMap<string, Found>,
): Looked => ({
  ...(target && { target }),
  troubles: [...found.values()].flatMap(troublesIn),
  // With one process for everybody a reading would wait for whatever transaction is open.
  ages: [...found.values()].some((each) => judgedIn(each)?.reading.single === false),
  isCurrent: (database) => {
    const judged = judgedIn(found.get(database))
    return judged === undefined || judged.source.lastRead === judged.reading
  },
  again: async (signal) => {
    const anew = [...found].map(async ([database, each]) => {
      const judged = judgedIn(each)
      return [database, judged ? await judge(options, judged.source, database, signal) : each] as const
    })
    return lookedOf(options, target, new Map(await Promise.all(anew)))
  },
})

/** What was read of the connection's files: again where it could be what is in the way. */
const targetNow = async (
  { loaded, connection, login }: LookOptions,
  last: Looked | undefined,
): Promise<UpstreamTarget> => {
  const isGood = last?.troubles.every(({ policy }) => policy !== undefined)
  const target = (isGood ? last?.target : undefined) ?? targetOf(loaded, connection, login)
  await target.password()
  return target
}

/**
 * Tries a connection as a session would use it: certificates, password, a login to each database, its catalog, and
 * whether the policies can be applied to it. Never throws.
 */
export const lookAt = async (options: LookOptions, last: Looked | undefined, signal: AbortSignal): Promise<Looked> => {
  const { loaded, connection } = options
  const databases = databasesOf(loaded, connection)
  const needsCatalog = policiesOf(options).length > 0
  let target: UpstreamTarget | undefined
  const everywhere = (error: HoopError): Looked =>
    lookedOf(options, target, new Map(databases.map((database) => [database, [{ database, error }]])))
  try {
    const using = (target = await targetNow(options, last))
    const lookInto = async (database: string, login = loginTrouble(using, database, signal)): Promise<Found> => {
      const error = (await login) ?? (await roleTrouble(options, using, database))
      if (error) return [{ database, error }]
      return needsCatalog ? applied(options, using, database, signal) : undefined
    }
    const [first, ...others] = databases
    const error = await loginTrouble(using, first, signal)
    // Where it isn't about this database, it is the server's, and the others are on it: no password is tried once for each.
    if (error && (!refusalIn(error) || error.code === 'UPSTREAM_UNREACHABLE')) return everywhere(error)
    const turns = limit(AT_ONCE)
    const found = await Promise.all([
      lookInto(first, Promise.resolve(error)),
      ...others.map((database) => turns(() => lookInto(database))),
    ])
    return lookedOf(options, using, new Map(databases.map((database, at) => [database, found[at]])))
  } catch (error) {
    return everywhere(asHoopError(error))
  }
}
