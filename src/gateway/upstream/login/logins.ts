import { contentHash } from '../../../policy/config/canonical.js'
import type { LoadedConfig } from '../../../policy/config/load.js'
import type { EntryLogin } from '../../../policy/config/sections/entry-login.js'
import { targetOf, type UpstreamTarget } from '../target.js'

/** What a way to log in is known by within its connection; '' is the connection's own. */
export const loginKey = (login: EntryLogin | undefined): string => (login ? contentHash(login) : '')

/**
 * The ways in which sessions of a connection log in, each once: the connection's own (undefined) first, unless every entry has
 * another one.
 */
export const loginsOf = ({ config }: LoadedConfig, connection: string): readonly (EntryLogin | undefined)[] => {
  const access = config.connections[connection]?.access ?? []
  const found = new Map(access.map(({ login }) => [loginKey(login), login]))
  if (access.length === 0) found.set('', undefined)
  return [...found].toSorted(([one], [other]) => Number(one !== '') - Number(other !== '')).map(([, login]) => login)
}

/** How to reach a connection's server by whichever login, for what is the same by all of them. @throws as `targetOf` does */
export const anyTargetOf = (loaded: LoadedConfig, connection: string): UpstreamTarget =>
  targetOf(loaded, connection, loginsOf(loaded, connection)[0])

/** How a connection's login is called beside others of it, in words for operators. */
export const withLogin = (connection: string, login: EntryLogin | undefined): string =>
  login ? `${connection} as ${login.user}` : connection
