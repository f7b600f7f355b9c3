import { z } from 'zod'

const sslModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const

export interface UpstreamHost {
  readonly host: string
  readonly port: number
}

const attributes = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const

/** `target_session_attrs` of libpq. */
export type SessionAttributes = (typeof attributes)[number]

/** A connection's `url`, taken apart. Paths are as written until loading resolves them. */
export interface UpstreamUrl {
  readonly host: string
  readonly port: number
  /** Servers to try behind that one, in order. */
  readonly others?: readonly UpstreamHost[]
  readonly attributes?: SessionAttributes
  readonly user: string
  readonly database?: string
  readonly sslmode: (typeof sslModes)[number]
  /** Path of a PEM file; absent means the system's own certificate authorities. */
  readonly sslrootcert?: string
  readonly sslcert?: string
  readonly sslkey?: string
  /** Milliseconds. */
  readonly connectTimeout: number
}

const parameters = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'connect_timeout', 'target_session_attrs']

/** One sentence about what is wrong with the URL; never quotes it, since it may hold a password. */
class UrlProblem extends Error {}

/**
 * `postgres://user@one:5432,two/database` as one URL for each host.
 * @returns at least one; texts that may be no URLs
 */
export const eachHost = (text: string): readonly [string, ...string[]] => {
  const [, before = '', hosts = '', behind = ''] = /^([^/]*\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/s.exec(text) ?? []
  const [first = '', ...rest] = hosts.split(',')
  return rest.length === 0 ? [text] : [`${before}${first}${behind}`, ...rest.map((host) => `${before}${host}${behind}`)]
}

const hostIn = (url: URL): UpstreamHost => ({
  host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
  port: Number(url.port || '5432'),
})

const parse = (text: string, passwordKey: string): UpstreamUrl => {
  const [url, ...rest] = eachHost(text).map((each) => URL.parse(each))
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) throw new UrlProblem('postgres://user@host:port/database')
  if (url.password !== '')
    throw new UrlProblem(
      `a URL without a password (put it under ${passwordKey}: as env:NAME, file:PATH or exec: [command])`,
    )
  if (url.username === '') throw new UrlProblem('a user name in the URL: postgres://user@host/database')
  const others = rest.map((each) => (each?.hostname ? hostIn(each) : undefined))
  if (url.hostname === '' || others.includes(undefined))
    throw new UrlProblem(
      'a host in the URL, or several with commas between them: postgres://user@one,two:5433/database',
    )
  if (url.hash !== '') throw new UrlProblem('a URL without a # part')
  const unknown = [...url.searchParams.keys()].find((name) => !parameters.includes(name))
  if (unknown !== undefined) throw new UrlProblem(`only these parameters in the URL: ${parameters.join(', ')}`)
  const get = (name: string) => url.searchParams.get(name) || undefined
  const sslmode = sslModes.find((mode) => mode === (get('sslmode') ?? 'prefer'))
  if (!sslmode) throw new UrlProblem(`sslmode to be one of ${sslModes.join(', ')}`)
  const seconds = Number(get('connect_timeout') ?? '10')
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 600)
    throw new UrlProblem('connect_timeout to be whole seconds from 1 to 600')
  const wanted = attributes.find((each) => each === (get('target_session_attrs') ?? 'any'))
  if (!wanted) throw new UrlProblem(`target_session_attrs to be one of ${attributes.join(', ')}`)
  const database = decodeURIComponent(url.pathname.slice(1))
  const [sslrootcert, sslcert, sslkey] = [get('sslrootcert'), get('sslcert'), get('sslkey')]
  if ((sslcert === undefined) !== (sslkey === undefined)) throw new UrlProblem('sslcert and sslkey together')
  return {
    ...hostIn(url),
    ...(others.length > 0 && { others: others.filter((each) => each !== undefined) }),
    ...(wanted !== 'any' && { attributes: wanted }),
    user: decodeURIComponent(url.username),
    ...(database && { database }),
    sslmode,
    ...(sslrootcert && sslrootcert !== 'system' && { sslrootcert }),
    ...(sslcert && { sslcert }),
    ...(sslkey && { sslkey }),
    connectTimeout: seconds * 1000,
  }
}

/** @returns what is expected in its place where it is none; it isn't quoted, since it may hold a password */
export const readUpstreamUrl = (text: string, passwordKey: string): UpstreamUrl | string => {
  try {
    return parse(text, passwordKey)
  } catch (error) {
    return error instanceof UrlProblem ? error.message : 'a URL whose % escapes are valid UTF-8'
  }
}

/**
 * `postgres://user@host:port/database?sslmode=…`, with libpq's words for TLS.
 * @see PostgreSQL documentation, "Connection URIs"
 */
export const upstreamUrl = z.string().transform((text, context): UpstreamUrl => {
  const read = readUpstreamUrl(text, 'password')
  if (typeof read !== 'string') return read
  context.addIssue({ code: 'custom', message: read, input: text })
  return z.NEVER
})
