/**
 * The demo's database in a process of its own: PostgreSQL in WebAssembly with pgvector, in memory, behind a port of
 * loopback. Forked by serve.ts; tells its parent `{ port }` when it is seeded and ends when the parent does.
 */
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import { seed } from './seed.js'

process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
process.on('SIGINT', () => undefined) // Ctrl-C is the parent's to answer
if (!process.connected) process.exit(0) // it died while this was loading

const database = await PGlite.create({ extensions: { vector } })
for (const batch of seed()) await database.exec(batch)
const server = new PGLiteSocketServer({ db: database, host: '127.0.0.1', port: 0, maxConnections: 100 })
await server.start()
const port = Number(/(\d+)$/.exec(server.getServerConn())?.[1])

process.send?.({ port })
