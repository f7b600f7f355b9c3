import { Client } from 'pg'
import { startPostgres, type TestPostgres } from '../../helpers/postgres/postgres.js'

/** The database under test: a real server of the run's own, TLS and SCRAM on, and a role that is no superuser. */
export interface Server extends AsyncDisposable {
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** PEM file of the authority that signed its certificate for 127.0.0.1 */
  readonly caFile: string
  /** Runs statements as the owner of the database. */
  query(sql: string): Promise<void>
  /** The same as the superuser. */
  administer(sql: string): Promise<void>
}

/** Room for 500 idle sessions, the tables in memory, no checkpoint, standby or JIT compiler in between. */
const settings = {
  max_connections: '700',
  shared_buffers: '512MB',
  max_wal_size: '8GB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  jit: 'off',
}

const [user, password, database] = ['bench', 'bench', 'bench']

const asClient = async (url: string, sql: readonly string[]): Promise<void> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of sql) await client.query(statement)
  } finally {
    await client.end()
  }
}

const prepare = (postgres: TestPostgres) =>
  asClient(postgres.url, [
    `CREATE ROLE ${user} LOGIN PASSWORD '${password}'`,
    `CREATE DATABASE ${database} OWNER ${user}`,
  ])

export const startServer = async (): Promise<Server> => {
  const postgres = await startPostgres(settings)
  const { port, caFile } = postgres
  await prepare(postgres)
  return {
    ...{ port, caFile, user, password, database },
    query: (sql) => asClient(`postgres://${user}:${password}@127.0.0.1:${port}/${database}`, [sql]),
    administer: (sql) => asClient(Object.assign(new URL(postgres.url), { pathname: database }).href, [sql]),
    [Symbol.asyncDispose]: () => postgres[Symbol.asyncDispose](),
  }
}
