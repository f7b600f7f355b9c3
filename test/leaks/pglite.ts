import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import { Client } from 'pg'
import type { Opened } from './world.js'

/** Making one takes seconds of the processor's time, emptying one hardly any. */
const idle: PGlite[] = []

const emptied = async (database: PGlite): Promise<void> => {
  await database.exec('ROLLBACK')
  await database.exec('DISCARD ALL')
  await database.exec(`
    DROP EXTENSION IF EXISTS vector CASCADE;
    DROP SCHEMA public CASCADE;
    CREATE SCHEMA public;
    SELECT lo_unlink(oid) FROM pg_largeobject_metadata;
  `)
  idle.push(database)
}

/** PostgreSQL with pgvector in WebAssembly, empty. All its sessions share one backend. */
export const openPglite = async (): Promise<Opened> => {
  const database = idle.pop() ?? (await PGlite.create({ extensions: { vector } }))
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
      await emptied(database)
    },
  }
}

/** Ends those that wait to be opened again, at a file's end. */
export const closePglites = async (): Promise<void> => {
  await Promise.all(idle.splice(0).map((database) => database.close()))
}
