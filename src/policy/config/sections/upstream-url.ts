import { z } from 'zod'

const sslModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const

/** A connection's `url`, taken apart. Paths are as written until loading resolves them. */
export interface UpstreamUrl {
  readonly host: string
  readonly port: number
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

const parameters = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'connect_timeout']

/** One sentence about what is wrong with the URL; never quotes it, since it may hold a password. */
class UrlProblem extends Error {}

const parse = (text: string): UpstreamUrl => {
  const url = URL.parse(text)
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) throw new UrlProblem('postgres://user@host:port/database')
  if (url.password !== '')
    throw new UrlProblem('a URL without a password (put it under password: as env:NAME or file:PATH)')
  if (url.username === '') throw new UrlProblem('a user name in the URL: postgres://user@host/database')
  if (url.hostname === '' || url.hostname.includes(',')) throw new UrlProblem('exactly one host in the URL')
  if (url.hash !== '') throw new UrlProblem('a URL without a # part')
  const unknown = [...url.searchParams.keys()].find((name) => !parameters.includes(name))
  if (unknown !== undefined) throw new UrlProblem(`only these parameters in the URL: ${parameters.join(', ')}`)
  const get = (name: string) => url.searchParams.get(name) || undefined
  const sslmode = sslModes.find((mode) => mode === (get('sslmode') ?? 'prefer'))
  if (!sslmode) throw new UrlProblem(`sslmode to be one of ${sslModes.join(', ')}`)
  const seconds = Number(get('connect_timeout') ?? '10')
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 600)
    throw new UrlProblem('connect_timeout to be whole seconds from 1 to 600')
  const database = decodeURIComponent(url.pathname.slice(1))
  const [sslrootcert, sslcert, sslkey] = [get('sslrootcert'), get('sslcert'), get('sslkey')]
  if ((sslcert === undefined) !== (sslkey === undefined)) throw new UrlProblem('sslcert and sslkey together')
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || '5432'),
    user: decodeURIComponent(url.username),
    ...(database && { database }),
    sslmode,
    ...(sslrootcert && sslrootcert !== 'system' && { sslrootcert }),
    ...(sslcert && { sslcert }),
    ...(sslkey && { sslkey }),
    connectTimeout: seconds * 1000,
  }
}

/**
 * `postgres://user@host:port/database?sslmode=…`, with libpq's words for TLS.
 * @see PostgreSQL documentation, "Connection URIs"
 */
export const upstreamUrl = z.string().transform((text, context): UpstreamUrl => {
  try {
    return parse(text)
  } catch (error) {
    const expected = error instanceof UrlProblem ? error.message : 'a URL whose % escapes are valid UTF-8'
    context.addIssue({ code: 'custom', message: expected, input: text })
    return z.NEVER
  }
})
