import type { OpenConnection } from './connect.js'
import type { Environment } from '../files/environment.js'

/** Variables that would lead a client elsewhere, or make it demand of loopback what only a server's TLS can give. */
const misleading = [
  'PGHOSTADDR',
  'PGSERVICE',
  'PGPASSWORD',
  'PGSSLNEGOTIATION',
  'PGCHANNELBINDING',
  'PGREQUIREAUTH',
  'PGREQUIREPEER',
]

/** The environment in which libpq, and the drivers that read its variables, find the connection by themselves. */
export function libpqEnvironment(
  env: Environment,
  { address, info, password, dsn }: OpenConnection,
): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !misleading.includes(entry[0]),
  )
  return {
    ...Object.fromEntries(kept),
    PGHOST: address.kind === 'tcp' ? address.host : address.folder,
    PGPORT: String(address.port),
    // Any name is accepted; who it is comes from the grant.
    PGUSER: 'hoop',
    PGDATABASE: info.database,
    // The way to the gateway is encrypted; to this port there is only loopback.
    PGSSLMODE: 'disable',
    PGGSSENCMODE: 'disable',
    ...(password !== undefined && { PGPASSWORD: password }),
    // What frameworks read that know no PG*.
    DATABASE_URL: dsn,
  }
}
