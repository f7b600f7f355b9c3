import { isIP } from 'node:net'
import { HoopError } from '../../lib/errors.js'
import { hostOf } from '../../gateway/host/inspect.js'
import { eachHost } from '../../policy/config/sections/upstream-url.js'

/** What has to be known before a gateway can be set up. */
export interface Answers {
  /** What clients use, e.g. `https://gateway.example.com:8443`. */
  readonly url: string
  /** `host:port` */
  readonly listen: string
  readonly issuer: string
  readonly clientId: string
  /** Whose members may use the first connection. */
  readonly group: string
  readonly connection: FirstConnection
}

export interface FirstConnection {
  readonly name: string
  /** Without a password. */
  readonly url: string
  /** Kept in a file of its own; where there is none, an environment variable is named. */
  readonly password?: string
}

const bad = (what: string): never => {
  throw new HoopError('USAGE', what, { hint: 'Run: hoop gateway init --help' })
}

const url = (text: string, what: string): URL => URL.parse(text) ?? bad(`${what} is no URL: ${text}`)

/** The address that clients use: https, no path. */
export const parseGatewayUrl = (text: string): string => {
  const parsed = url(text, 'the gateway’s address')
  if (parsed.protocol !== 'https:') bad(`the gateway’s address must begin with https: ${text}`)
  if (parsed.pathname !== '/' || parsed.search || parsed.username)
    bad(`the gateway’s address has more than host and port: ${text}`)
  return parsed.origin
}

/** Where the gateway listens by default: on every interface, with the port that clients use. */
export const defaultListen = (gateway: string): string => {
  const loopback = ['localhost', '127.0.0.1', '::1'].includes(hostOf(gateway))
  return `${loopback ? '127.0.0.1' : '0.0.0.0'}:${new URL(gateway).port || '443'}`
}

export const parseListen = (text: string): string => {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]]+):(\d{1,5})$/i.exec(text)
  if (!match || Number(match[2]) > 65535) bad(`where to listen is host:port, not ${text}`)
  return text
}

/** The identity provider's issuer; plain http only on this machine. */
export const parseIssuer = (text: string): string => {
  const parsed = url(text, 'the issuer')
  const local = hostOf(parsed) === 'localhost' || (isIP(hostOf(parsed)) && /^(127\.|::1$)/.test(hostOf(parsed)))
  if (parsed.protocol !== 'https:' && !(parsed.protocol === 'http:' && local))
    bad(`the issuer must begin with https: ${text}`)
  return text
}

/** `NAME=postgres://user[:password]@host[:port]/database[?sslmode=…]` */
export const parseConnection = (text: string): FirstConnection => {
  const at = text.indexOf('=')
  const name = text.slice(0, Math.max(at, 0))
  if (!/^[a-z0-9][\w.-]{0,62}$/i.test(name))
    bad('a connection is NAME=postgres://user@host/database, where NAME has letters, digits, dot, dash and underscore')
  return { name, ...parseDatabaseUrl(text.slice(at + 1)) }
}

/** Splits the password off. The text is never repeated in an error, since it may hold one. */
export const parseDatabaseUrl = (text: string): Omit<FirstConnection, 'name'> => {
  const [first, ...others] = eachHost(text)
  const parsed = URL.parse(first)
  if (
    !parsed ||
    !/^postgres(ql)?:$/.test(parsed.protocol) ||
    !parsed.hostname ||
    !others.every((each) => URL.parse(each)?.hostname)
  ) {
    return bad('the database’s address is postgres://user@host/database')
  }
  if (!parsed.username) bad('the database’s address names no user: postgres://user@host/database')
  if (parsed.pathname.length < 2) bad('the database’s address names no database: postgres://user@host/database')
  const password = decodeURIComponent(parsed.password)
  parsed.password = ''
  const hosts = [parsed.host, ...others.map((each) => URL.parse(each)?.host)].join(',')
  return { url: parsed.href.replace(`@${parsed.host}`, `@${hosts}`), ...(password && { password }) }
}

/** The variable that holds a connection's password where no file does. */
export const passwordVariable = (connection: string): string =>
  `${connection.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_PASSWORD`
