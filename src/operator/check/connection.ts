import type { LoadedConfig } from '../../policy/config/load.js'
import type { EntryLogin } from '../../policy/config/sections/entry-login.js'
import { databasesOf, targetOf, type UpstreamTarget } from '../../gateway/upstream/target.js'
import { loginsOf, withLogin } from '../../gateway/upstream/login/logins.js'
import { rolesOf, tryRole } from '../../gateway/upstream/login/roles.js'
import { inServersWords, loginOnce } from '../../gateway/upstream/login/login-once.js'
import { checkDirectLogins } from './direct-logins.js'
import { type CheckResult, type Finding, step } from './step.js'

const isLocal = (host: string): boolean => /^(localhost|127\.|::1$|\/)/.test(host)

const tryLogin = async (target: UpstreamTarget, database: string): Promise<Finding> => {
  const began = performance.now()
  const { parameters: said, encrypted } = await loginOnce(target, database).catch((error: unknown) => {
    throw inServersWords(error)
  })
  const ms = Math.round(performance.now() - began)
  const version = said.get('server_version') ?? 'unknown'
  const words = `PostgreSQL ${version}, ${encrypted ?? 'no TLS'} (${target.sslmode}), ${ms} ms`
  const encoding = said.get('server_encoding')
  if (encoding !== 'UTF8')
    return {
      warning: `${words}, its encoding is ${encoding ?? 'unknown'}`,
      hint: 'Sessions under a policy with masks or rules are refused there. Move the data to a database in UTF8.',
    }
  if (!encrypted && ![target, ...(target.others ?? [])].every(({ host }) => isLocal(host)))
    return {
      warning: words,
      hint: 'Passwords and rows cross the network in clear: set sslmode=verify-full in the url.',
    }
  if (said.get('is_superuser') === 'on')
    return { warning: `${words}, as a superuser`, hint: 'Give the gateway a role that may do only what people need.' }
  return words
}

/** Logs in to each database of each connection, as a session would, and what else that shows where it works. */
export async function* checkConnections(loaded: LoadedConfig): AsyncGenerator<CheckResult> {
  for (const name of Object.keys(loaded.config.connections)) {
    const asked = new Set<string>()
    for (const login of loginsOf(loaded, name)) {
      const worked = yield* checkLogin(loaded, name, login)
      const user = login?.user ?? loaded.config.connections[name]!.url.user
      if (worked !== undefined && !asked.has(user)) yield await checkDirectLogins(loaded, name, worked, login)
      if (worked !== undefined) asked.add(user)
    }
  }
}

/** @returns a database that it works on */
async function* checkLogin(
  loaded: LoadedConfig,
  connection: string,
  login: EntryLogin | undefined,
): AsyncGenerator<CheckResult, string | undefined> {
  const databases = databasesOf(loaded, connection)
  const target = () => targetOf(loaded, connection, login)
  let worked: string | undefined
  for (const database of databases) {
    const label = withLogin(databases.length > 1 ? `${connection}/${database}` : connection, login)
    const result = await step(`connection ${label}`, () => tryLogin(target(), database))
    yield result
    if (result.state === 'failed') continue
    worked ??= database
    for (const role of rolesOf(loaded, connection))
      yield await step(`role ${role}`, async () => {
        await tryRole(target(), database, role)
        return `sessions on ${label} can be ${role}, and stay it`
      })
  }
  return worked
}
