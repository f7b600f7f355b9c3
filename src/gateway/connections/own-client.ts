import type { ConnectionOptions } from 'node:tls'
import { Client, type ClientConfig } from 'pg'
import { HoopError } from '../../lib/errors.js'
import type { UpstreamTarget } from '../services.js'

/** The gateway's own questions are short: what takes longer is stopped, by the server and by the client. Milliseconds. */
const statementTimeout = 10_000

/** libpq's table 32.1 in Node's words: what is encrypted, and what of the certificate is checked. */
const tlsOf = (target: UpstreamTarget): ConnectionOptions | false => {
  if (target.sslmode === 'disable') return false
  // libpq checks the chain under `require` too, where a root certificate was given.
  const chain =
    target.sslmode.startsWith('verify-') || (target.sslmode === 'require' && target.sslrootcert !== undefined)
  return {
    rejectUnauthorized: chain,
    ...(target.sslmode !== 'verify-full' && { checkServerIdentity: () => undefined }),
    ...(target.sslrootcert && { ca: target.sslrootcert }),
    ...(target.sslcert && { cert: target.sslcert }),
    ...(target.sslkey && { key: target.sslkey }),
  }
}

const open = async (target: UpstreamTarget, database: string, ssl: ConnectionOptions | false): Promise<Client> => {
  const password = target.password()
  const options: ClientConfig = {
    host: target.host,
    port: target.port,
    user: target.user,
    database,
    ssl,
    application_name: 'hoop:gateway',
    connectionTimeoutMillis: target.connectTimeout,
    query_timeout: statementTimeout + 1000,
    ...(password !== undefined && { password }),
  }
  const client = new Client(options)
  client.on('error', () => undefined) // the query in flight reports it
  try {
    await client.connect()
    // Set here rather than at startup, where poolers refuse parameters that they don't know.
    await client.query(`SET statement_timeout = ${statementTimeout}; SET default_transaction_read_only = on`)
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
}

const withoutTls = 'The server does not support SSL connections'

/**
 * A connection of the gateway's own, for the catalog: reads only, under a short statement timeout.
 * @throws {HoopError} UPSTREAM_UNREACHABLE with the server's or the system's own words, SECRET_MISSING
 */
export const openOwnClient = async (target: UpstreamTarget, database: string): Promise<Client> => {
  try {
    return await open(target, database, tlsOf(target)).catch((error: unknown) => {
      if (target.sslmode === 'prefer' && (error as Error).message === withoutTls) return open(target, database, false)
      throw error
    })
  } catch (cause) {
    if (cause instanceof HoopError) throw cause
    const where = `${target.host}:${target.port}/${database}`
    throw new HoopError('UPSTREAM_UNREACHABLE', `${where}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
}
