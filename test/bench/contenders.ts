import type { Bouncer } from './parts/pgbouncer.js'
import type { Server } from './parts/server.js'

/** A way to the database, as libpq's environment says it. */
export interface Contender {
  readonly name: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
  readonly sslmode: 'disable' | 'require'
  /** Processes in between, by name: their CPU time is charged to the statements. */
  readonly processes: Readonly<Record<string, number>>
}

export const directly = (server: Server, sslmode: 'disable' | 'require'): Contender => ({
  name: sslmode === 'disable' ? 'direct' : 'direct-TLS',
  port: server.port,
  database: server.database,
  user: server.user,
  password: server.password,
  sslmode,
  processes: {},
})

export const throughBouncer = (server: Server, bouncer: Bouncer): Contender => ({
  ...directly(server, 'require'),
  name: 'pgbouncer-TLS',
  port: bouncer.port,
  processes: { pgbouncer: bouncer.pid },
})

export const environment = (contender: Contender): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  LC_ALL: 'C',
  PGHOST: '127.0.0.1',
  PGPORT: String(contender.port),
  PGDATABASE: contender.database,
  PGUSER: contender.user,
  PGPASSWORD: contender.password,
  PGSSLMODE: contender.sslmode,
  PGGSSENCMODE: 'disable',
})
