import { readFileSync } from 'node:fs'
import { HoopError } from '../../lib/errors.js'
import { contentHash } from '../../policy/config/canonical.js'
import type { LoadedConfig } from '../../policy/config/load.js'
import type { EntryLogin } from '../../policy/config/sections/entry-login.js'
import type { SecretSpec } from '../../policy/config/sections/secret.js'
import type { Secret } from '../../policy/config/secrets/secret.js'
import type { SessionAttributes, UpstreamHost, UpstreamUrl } from '../../policy/config/sections/upstream-url.js'

export interface ClientCertificate {
  /** PEM: the certificate, and those between it and its authority. */
  readonly cert: string
  /** PEM */
  readonly key: string
}

export interface RememberedSecrets {
  /** Other for each other value. */
  version(): string
  /** Reads them anew where they are still those of that version. @returns whether there are others by now */
  renew(version: string): Promise<boolean>
}

/** How to reach and log in to one database. `sslmode` has libpq's meaning ("SSL Support", table 32.1). */
export interface UpstreamTarget {
  readonly host: string
  readonly port: number
  /** Servers to try behind that one, in order. */
  readonly others?: readonly UpstreamHost[]
  /** What the server has to be; anything unless said. */
  readonly attributes?: SessionAttributes
  readonly user: string
  /** What tells this login from others of the same user: by which secrets it is made. Absent where there are no others. */
  readonly login?: string
  /** Asked for at each login, so that a rotated secret needs no restart. @throws {HoopError} SECRET_MISSING */
  password(): string | undefined | Promise<string | undefined>
  readonly sslmode: 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'
  /** PEM */
  readonly sslrootcert?: string
  /** Asked for at each login, as the password is. @throws {HoopError} SECRET_MISSING, UPSTREAM_TLS */
  clientCertificate?(): Promise<ClientCertificate>
  /** Secrets of those two that are remembered, and that the server may refuse because they were rotated. */
  readonly remembered?: RememberedSecrets
  /** Milliseconds for TCP, TLS and login together. */
  readonly connectTimeout: number
}

const pem = (path: string, what: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new HoopError('UPSTREAM_TLS', `${what} ${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
    })
  }
}

const ofSecrets = (secrets: readonly Secret[]): RememberedSecrets => ({
  version: () => secrets.map(({ version }) => version).join(),
  renew: async (version) => {
    const versions = version.split(',').map(Number)
    return (await Promise.all(secrets.map((secret, at) => secret.renew(versions[at]!)))).includes(true)
  },
})

/** What of the configuration says how to reach a server. */
interface Reached {
  readonly url: UpstreamUrl
  readonly password?: SecretSpec | undefined
  readonly client_certificate?: SecretSpec | undefined
}

/**
 * How to reach a configured connection's server.
 * @param login of an entry's own, in place of the connection's
 * @throws {HoopError} UPSTREAM_TLS where a certificate file can't be read
 */
export const targetOf = (loaded: LoadedConfig, connection: string, login?: EntryLogin): UpstreamTarget => {
  const section = loaded.config.connections[connection]
  if (!section) throw new HoopError('CONNECTION_UNKNOWN', connection)
  // Of the connection's own secrets nothing goes with another login.
  if (!login) return reach(section, (spec) => loaded.secret(spec))
  const { sslcert: _cert, sslkey: _key, ...url } = section.url
  return reach({ ...login, url: { ...url, user: login.user } }, (spec) => loaded.secret(spec))
}

/** @throws {HoopError} UPSTREAM_TLS where a certificate file can't be read */
export const reach = (reached: Reached, secret: (spec: SecretSpec) => Secret): UpstreamTarget => {
  const { host, port, others, attributes, user, sslmode, sslrootcert, sslcert, sslkey, connectTimeout } = reached.url
  const password = reached.password && secret(reached.password)
  const bundle = reached.client_certificate && secret(reached.client_certificate)
  const key = sslkey === undefined ? bundle : secret({ file: sslkey })
  return {
    host,
    port,
    ...(others && { others }),
    ...(attributes && { attributes }),
    user,
    login: contentHash([reached.password, reached.client_certificate, sslcert, sslkey]),
    sslmode,
    connectTimeout,
    password: () => password?.read(),
    ...(sslrootcert && { sslrootcert: pem(sslrootcert, 'sslrootcert') }),
    ...(key && {
      clientCertificate: async () => {
        const read = await key.read()
        return { cert: sslcert === undefined ? read : pem(sslcert, 'sslcert'), key: read }
      },
    }),
    remembered: ofSecrets([password, key].filter((each) => each !== undefined)),
  }
}

/** The databases that a connection leads to; the first is what a defaulted name means. */
export const databasesOf = ({ config }: LoadedConfig, connection: string): [string, ...string[]] => {
  const section = config.connections[connection]
  const [first, ...rest] = new Set(
    [section?.url.database, ...(section?.databases ?? [])].filter((name) => name !== undefined),
  )
  if (first === undefined) throw new HoopError('CONFIG_INVALID', `connection ${connection} names no database`)
  return [first, ...rest]
}
