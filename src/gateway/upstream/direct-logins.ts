import { openOwnClient, unlimited } from './own-client.js'
import type { UpstreamTarget } from './target.js'

/** Somebody who is logged in as the gateway's own user, and isn't behind the gateway. */
export interface DirectLogin {
  readonly pid: number
  readonly user: string
  readonly database: string
  /** As the server sees it; undefined for a Unix socket. */
  readonly address: string | undefined
  readonly port: number | undefined
  readonly since: Date
  /** What it calls itself. */
  readonly application: string
}

export interface DirectLogins {
  /** From where the server sees the gateway; undefined for a Unix socket. */
  readonly own: string | undefined
  /** The newest first, and so many at most. */
  readonly logins: readonly DirectLogin[]
  /** How many there are, with those that are left out. */
  readonly count: number
}

/** That many are named. */
const MOST = 100

const condition = `
      WHERE usename OPERATOR(pg_catalog.=) session_user AND backend_type OPERATOR(pg_catalog.=) 'client backend'
        AND pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()
        AND client_addr IS DISTINCT FROM pg_catalog.inet_client_addr()
        AND (client_addr OPERATOR(pg_catalog.<<=) ANY ($1::pg_catalog.inet[])) IS NOT TRUE`

/** A role sees its own sessions in full; no membership in pg_read_all_stats is needed for that. */
const question = `
  SELECT pg_catalog.host(pg_catalog.inet_client_addr()) AS own,
    ARRAY(
      SELECT pg_catalog.json_build_object(
        'pid', pid, 'user', usename, 'database', datname, 'address', pg_catalog.host(client_addr), 'port', client_port,
        'since', extract(epoch FROM backend_start) OPERATOR(pg_catalog.*) 1000, 'application', application_name)
      FROM pg_catalog.pg_stat_activity
      ${condition}
      ORDER BY backend_start DESC LIMIT $2) AS logins,
    (SELECT pg_catalog.count(*)::pg_catalog.int4 FROM pg_catalog.pg_stat_activity ${condition}) AS count`

interface Answer {
  readonly own: string | null
  readonly count: number
  readonly logins: readonly {
    readonly pid: number
    readonly user: string
    readonly database: string
    readonly address: string | null
    readonly port: number
    readonly since: number
    readonly application: string
  }[]
}

/**
 * Who is logged in as the gateway's user from another address than the gateway.
 * @param known addresses and networks of other gateways
 * @throws {HoopError} UPSTREAM_*, SECRET_MISSING
 */
export const readDirectLogins = async (
  target: UpstreamTarget,
  database: string,
  known: readonly string[],
  most = MOST,
): Promise<DirectLogins> => {
  const client = await openOwnClient(target, database)
  try {
    const { rows } = await client.query<Answer & Record<string, unknown>>(question, [known, most])
    const { own, count, logins } = rows[0]!
    return {
      own: own ?? undefined,
      count,
      logins: logins.map(({ address, port, since, ...rest }) => ({
        ...rest,
        address: address ?? undefined,
        port: address === null ? undefined : port,
        since: new Date(since),
      })),
    }
  } finally {
    await client.query(unlimited).catch(() => undefined)
    await client.end().catch(() => undefined)
  }
}

/** Where somebody is, in words. */
export const placeOf = ({ address, port }: Pick<DirectLogin, 'address' | 'port'>): string =>
  address === undefined ? 'a Unix socket' : `${address}, port ${port}`
