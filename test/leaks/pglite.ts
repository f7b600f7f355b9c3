import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import { Client } from 'pg'
import type { Opened } from './world.js'

/** PostgreSQL with pgvector in WebAssembly, empty. All its sessions share one backend. */
export const openPglite = async (): Promise<Opened> => {
  const database = await PGlite.create({ extensions: { vector } })
  const server = new PGLiteSocketServer({ db: database, host: '127.0.0.1', port: 0, maxConnections: 100 })
  await server.start()
  const port = Number(/(\d+)$/.exec(server.getServerConn())?.[1])
  const url = `postgres://postgres:x@127.0.0.1:${port}/postgres`
  const clients: Client[] = []
  return {
    url,
    client: async () => {
      const client = new Client({ connectionString: url })
      client.on('error', () => undefined)
      await client.connect()
      clients.push(client)
      return client
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.allSettled(clients.map((client) => client.end()))
      await server.stop()
      await database.close()
    },
  }
}
