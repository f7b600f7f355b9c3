import type { LoadedConfig } from '../../policy/config/load.js'
import { databasesOf, targetOf, type UpstreamTarget } from '../../gateway/upstream/target.js'
import { rolesOf, tryRole } from '../../gateway/upstream/login/roles.js'
import { inServersWords, loginOnce } from '../../gateway/upstream/login/login-once.js'
import { checkDirectLogins } from './direct-logins.js'
import { type CheckResult, type Finding, step } from './step.js'

const isLocal = (host: string): boolean => /^(localhost|127\.|::1$|\/)/.test(host)

const login = async (target: UpstreamTarget, database: string): Promise<Finding> => {
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
    const databases = databasesOf(loaded, name)
    const worked: string[] = []
    for (const database of databases) {
      const label = databases.length > 1 ? `${name}/${database}` : name
      const result = await step(`connection ${label}`, () => login(targetOf(loaded, name), database))
      yield result
      if (result.state === 'failed') continue
      worked.push(database)
      for (const role of rolesOf(loaded, name))
        yield await step(`role ${role}`, async () => {
          await tryRole(targetOf(loaded, name), database, role)
          return `sessions on ${label} can be ${role}, and stay it`
        })
    }
    const [database] = worked
    if (database !== undefined) yield await checkDirectLogins(loaded, name, database)
  }
}
