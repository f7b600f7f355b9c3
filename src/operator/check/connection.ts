import { TLSSocket } from 'node:tls'
import { HoopError } from '../../lib/errors.js'
import type { LoadedConfig } from '../../policy/config/load.js'
import { databasesOf, targetOf, type UpstreamTarget } from '../../gateway/upstream/target.js'
import { connectUpstream, UpstreamRefusal } from '../../gateway/upstream/connect.js'
import { type CheckResult, type Finding, step } from './step.js'

const isLocal = (host: string): boolean => /^(localhost|127\.|::1$|\/)/.test(host)

/** What the server said in its own words; the gateway's operator may know. */
const inServersWords = (error: unknown): unknown => {
  const refusal =
    error instanceof UpstreamRefusal
      ? error
      : error instanceof HoopError && error.cause instanceof UpstreamRefusal
        ? error.cause
        : undefined
  return refusal
    ? new HoopError('UPSTREAM_LOGIN', refusal.message, { hint: hintFor(refusal.fields['C']), cause: error })
    : error
}

const hintFor = (sqlstate: string | undefined): string =>
  sqlstate?.startsWith('28')
    ? 'Check the user in the url, the password’s source and the server’s pg_hba.conf.'
    : 'Check the database’s name and the server’s log.'

const login = async (target: UpstreamTarget, database: string): Promise<Finding> => {
  const began = performance.now()
  const parameters = new Map([
    ['user', target.user],
    ['database', database],
    ['application_name', 'hoop:gateway'],
  ])
  const { socket, parameters: said } = await connectUpstream(target, parameters).catch((error: unknown) => {
    throw inServersWords(error)
  })
  const ms = Math.round(performance.now() - began)
  const encrypted = socket instanceof TLSSocket ? socket.getProtocol() : undefined
  socket.end(Buffer.from([0x58, 0, 0, 0, 4])) // Terminate
  const version = said.get('server_version') ?? 'unknown'
  const words = `PostgreSQL ${version}, ${encrypted ?? 'no TLS'} (${target.sslmode}), ${ms} ms`
  const encoding = said.get('server_encoding')
  if (encoding !== 'UTF8')
    return {
      warning: `${words}, its encoding is ${encoding ?? 'unknown'}`,
      hint: 'Sessions under a policy with masks or rules are refused there. Move the data to a database in UTF8.',
    }
  if (!encrypted && !isLocal(target.host))
    return {
      warning: words,
      hint: 'Passwords and rows cross the network in clear: set sslmode=verify-full in the url.',
    }
  if (said.get('is_superuser') === 'on')
    return { warning: `${words}, as a superuser`, hint: 'Give the gateway a role that may do only what people need.' }
  return words
}

/** Logs in to each database of each connection, as a session would. */
export async function* checkConnections(loaded: LoadedConfig): AsyncGenerator<CheckResult> {
  for (const name of Object.keys(loaded.config.connections)) {
    const databases = databasesOf(loaded, name)
    for (const database of databases) {
      const label = databases.length > 1 ? `connection ${name}/${database}` : `connection ${name}`
      yield await step(label, () => login(targetOf(loaded, name), database))
    }
  }
}
