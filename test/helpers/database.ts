import { randomBytes } from 'node:crypto'
import { Client, type ClientConfig } from 'pg'
import { inject } from 'vitest'

export interface FreshDatabase extends AsyncDisposable {
  readonly name: string
  /** As the superuser, without sslmode. */
  readonly url: string
  /** A connected client; closed with the database. */
  client(config?: ClientConfig): Promise<Client>
}

/** A database of the test's own on the suite's server (or another), dropped when disposed, sessions and all. */
export const freshDatabase = async (server: string = inject('databaseUrl')): Promise<FreshDatabase> => {
  const name = `test_${randomBytes(6).toString('hex')}`
  const admin = new Client({ connectionString: server })
  await admin.connect()
  await admin.query(`CREATE DATABASE ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const clients: Client[] = []
  return {
    name,
    url: url.href,
    client: async (config) => {
      const client = new Client({ connectionString: url.href, ...config })
      client.on('error', () => undefined) // dropped together with the database
      await client.connect()
      clients.push(client)
      return client
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.allSettled(clients.map((client) => client.end()))
      await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
      await admin.end()
    },
  }
}
