import { readFileSync } from 'node:fs'
import { HoopError } from '../../lib/errors.js'
import type { LoadedConfig } from '../../policy/config/load.js'
import type { SessionAttributes, UpstreamHost } from '../../policy/config/sections/upstream-url.js'

/** How to reach and log in to one database. `sslmode` has libpq's meaning ("SSL Support", table 32.1). */
export interface UpstreamTarget {
  readonly host: string
  readonly port: number
  /** Servers to try behind that one, in order. */
  readonly others?: readonly UpstreamHost[]
  /** What the server has to be; anything unless said. */
  readonly attributes?: SessionAttributes
  readonly user: string
  /** Read at each login, so that a rotated secret needs no restart. @throws {HoopError} SECRET_MISSING */
  password(): string | undefined
  readonly sslmode: 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'
  /** PEM */
  readonly sslrootcert?: string
  readonly sslcert?: string
  readonly sslkey?: string
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

/**
 * How to reach a configured connection's server.
 * @throws {HoopError} UPSTREAM_TLS where a certificate file can't be read
 */
export const targetOf = (loaded: LoadedConfig, connection: string): UpstreamTarget => {
  const section = loaded.config.connections[connection]
  if (!section) throw new HoopError('CONNECTION_UNKNOWN', connection)
  const { host, port, others, attributes, user, sslmode, sslrootcert, sslcert, sslkey, connectTimeout } = section.url
  return {
    host,
    port,
    ...(others && { others }),
    ...(attributes && { attributes }),
    user,
    sslmode,
    connectTimeout,
    password: () => loaded.password(connection),
    ...(sslrootcert && { sslrootcert: pem(sslrootcert, 'sslrootcert') }),
    ...(sslcert && { sslcert: pem(sslcert, 'sslcert') }),
    ...(sslkey && { sslkey: pem(sslkey, 'sslkey') }),
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
