import type { Client } from 'pg'

/** A PostgreSQL server that has the store, from whoever knows how to reach and log in to it. */
export interface PostgresServer {
  /** `postgres://user@host:port/database`, for operators: no client may hear it, and it has no secret. */
  readonly name: string
  /** Opens a connection that is the caller's alone. @throws {HoopError} UPSTREAM_*, SECRET_MISSING */
  connect(): Promise<Client>
}

/** Everything of a store lies in this schema, whatever the search_path of its user says. */
export const storeSchema = 'hoop'
