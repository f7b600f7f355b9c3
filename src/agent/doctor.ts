import { access, constants, mkdir } from 'node:fs/promises'
import { release } from 'node:os'
import type { ConnectionInfo } from '../lib/api.js'
import { asHoopError, type HoopError } from '../lib/errors.js'
import { openClient } from './api/client.js'
import { proxyFor } from './api/reach/proxy.js'
import { type Environment, home } from './files/environment.js'
import { openKeyring, probe } from './login/keyring.js'
import { type Status, status } from './login/status.js'
import { findPsql } from './port/find-psql.js'

/** One thing that was looked at. */
export interface Finding {
  readonly what: string
  /** `note` hinders nothing by itself. */
  readonly state: 'ok' | 'note' | 'wrong'
  readonly says: string
  /** What to do about it. */
  readonly hint?: string
}

type Look = (env: Environment) => Promise<Omit<Finding, 'what'>>

const wrong = ({ message, hint }: Pick<HoopError, 'message' | 'hint'>): Omit<Finding, 'what'> => ({
  ...{ state: 'wrong', says: message },
  ...(hint !== '' && { hint }),
})

const looked = async (what: string, look: () => Promise<Omit<Finding, 'what'>>): Promise<Finding> => ({
  what,
  ...(await look().catch((error: unknown) => wrong(asHoopError(error)))),
})

const machine: Look = async () => ({
  state: 'ok',
  says: `${process.platform} ${release()} ${process.arch}, Node ${process.versions.node}`,
})

const folder: Look = async (env) => {
  const path = home(env)
  await mkdir(path, { recursive: true, mode: 0o700 })
  await access(path, constants.R_OK | constants.W_OK)
  return { state: 'ok', says: path }
}

const keyring: Look = async (env) => {
  const wish = env['HOOP_KEYRING'] ?? 'auto'
  if (wish === 'file') return { state: 'note', says: 'not used: HOOP_KEYRING=file keeps logins in a file of mode 0600' }
  try {
    await probe(await openKeyring())
    return { state: 'ok', says: 'can be written and read' }
  } catch (error) {
    const { message, hint } = asHoopError(error, 'KEYRING_UNAVAILABLE')
    if (wish === 'system') return wrong({ message, hint })
    return { state: 'note', says: `${message}; logins are kept in a file of mode 0600` }
  }
}

const psql: Look = async (env) => {
  try {
    return { state: 'ok', says: await findPsql(env) }
  } catch (error) {
    const { hint } = asHoopError(error)
    return { state: 'note', says: 'not found; hoop exec needs none', hint }
  }
}

/** Names of variables that are set and change what hoop does; values may be secrets and are not said. */
const telling = [
  ...['HOOP_GATEWAY', 'HOOP_TOKEN', 'HOOP_TOKEN_FILE', 'HOOP_KEY_FILE', 'HOOP_CA', 'HOOP_HOME', 'HOOP_KEYRING'],
  ...['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS', 'PGOPTIONS'],
]

const variables: Look = async (env) => {
  const set = telling.filter((name) => env[name])
  return { state: 'ok', says: set.length === 0 ? 'none that change what hoop does' : `set: ${set.join(', ')}` }
}

const gatewayFindings = (env: Environment, found: Status): readonly Finding[] => {
  const proxy = proxyFor(new URL(found.gateway), env)
  const way = proxy ? `${found.gateway} by the proxy ${proxy.host}` : found.gateway
  const reached: Finding = found.reachable
    ? { what: 'gateway', state: 'ok', says: `${way}, version ${found.version}` }
    : { what: 'gateway', ...wrong(found.problem!), says: `${way}: ${found.problem!.message}` }
  const seconds = Math.round(Math.abs(found.clockAhead ?? 0) / 1000)
  const clock: readonly Finding[] =
    found.clockAhead === undefined
      ? []
      : [
          {
            what: 'clock',
            state: 'wrong',
            says: `${seconds} s apart from the gateway’s`,
            hint: 'Set this machine’s clock.',
          },
        ]
  return [reached, ...clock]
}

const loginFinding = (found: Status): Finding => {
  const refused = found.refused ?? (found.reachable ? found.problem : undefined)
  if (refused) return { what: 'login', ...wrong(refused) }
  if (!found.person)
    return { what: 'login', state: 'wrong', says: 'nobody is logged in', hint: `Run: hoop login ${found.gateway}` }
  const until =
    found.expiresAt === undefined ? '' : `, until ${found.expiresAt}${found.renewable ? ', then renewed' : ''}`
  const isOver = found.expiresAt !== undefined && Date.parse(found.expiresAt) <= Date.now() && !found.renewable
  if (isOver)
    return { what: 'login', state: 'wrong', says: `${found.person.name}: it has ended`, hint: 'Run: hoop login' }
  return { what: 'login', state: 'ok', says: `${found.person.name} by ${found.source}${until}` }
}

const connectionFinding = ({ name, policy, unavailable = [] }: ConnectionInfo): Finding => {
  if (unavailable.length === 0) return { what: 'connection', state: 'ok', says: `${name} under policy ${policy}` }
  const why = unavailable.map(({ database, reason }) => `database ${database}: ${reason}`).join('; ')
  return { what: 'connection', state: 'wrong', says: `${name}: ${why}`, hint: 'Its operator has been told.' }
}

async function connections(env: Environment, gateway: string | undefined, signal: AbortSignal): Promise<Finding[]> {
  const client = await openClient({ env, gateway, signal })
  try {
    const found = await client.get<{ connections: ConnectionInfo[] }>('/v1/connections')
    if (found.connections.length > 0) return found.connections.map(connectionFinding)
    const hint = 'Ask an administrator for access.'
    return [{ what: 'connection', state: 'wrong', says: 'there is none that you may use', hint }]
  } finally {
    client.close()
  }
}

/**
 * Looks at what hoop needs on this machine, at the gateway, and at what this person may use. Nothing in it is secret.
 * @param version of this hoop
 */
export async function examine(
  version: string,
  {
    env,
    gateway,
    signal,
  }: { readonly env: Environment; readonly gateway?: string | undefined; readonly signal: AbortSignal },
): Promise<readonly Finding[]> {
  const looks: Readonly<Record<string, Look>> = { machine, variables, folder, keyring, psql }
  const local = await Promise.all(Object.entries(looks).map(([what, look]) => looked(what, () => look(env))))
  const before: Finding[] = [{ what: 'hoop', state: 'ok', says: version }, ...local]
  let found: Status
  try {
    found = await status(env, gateway, signal)
  } catch (error) {
    signal.throwIfAborted()
    const known = asHoopError(error)
    return [...before, { what: known.code === 'NOT_LOGGED_IN' ? 'login' : 'gateway', ...wrong(known) }]
  }
  const login = loginFinding(found)
  const reached = [...before, ...gatewayFindings(env, found), login]
  if (!found.reachable || login.state === 'wrong') return reached
  const last = await connections(env, gateway, signal).catch((error: unknown): Finding[] => {
    signal.throwIfAborted()
    return [{ what: 'connection', ...wrong(asHoopError(error)) }]
  })
  return [...reached, ...last]
}
