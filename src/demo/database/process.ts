/**
 * The demo's database in a process of its own: PostgreSQL in WebAssembly with pgvector, in memory, behind a port of
 * loopback. Forked by serve.ts; tells its parent `{ port }` when it is seeded and ends when the parent does.
 */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { seed } from './seed.js'
import { DemoSession } from './session.js'
import { Turns } from './turns.js'

process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
process.on('SIGINT', () => undefined) // Ctrl-C is the parent's to answer
if (!process.connected) process.exit(0) // it died while this was loading

const database = await PGlite.create({ extensions: { vector } })
for (const batch of seed()) await database.exec(batch)
const turns = await Turns.of(database)
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined)
  void new DemoSession(database, turns, socket).serve()
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo

process.send?.({ port })
