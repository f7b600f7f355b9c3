import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { inject } from 'vitest'
import { freePort } from '../../helpers/postgres/postgres.js'

/** An address whose database is up, away, or accepts connections and never says a word. */
export interface Switchboard extends AsyncDisposable {
  readonly port: number
  /** Connections so far, and the most that were open at once. */
  readonly seen: { connections: number; atOnce: number }
  up(): Promise<void>
  hang(): Promise<void>
  away(): Promise<void>
}

/** In front of the suite's own server; away at first. */
export const switchboard = async (): Promise<Switchboard> => {
  const port = await freePort()
  const seen = { connections: 0, atOnce: 0 }
  const open = new Set<Socket>()
  const upstream = new URL(inject('databaseUrl'))
  let hangs = false
  const server = createServer((socket) => {
    seen.connections++
    open.add(socket)
    seen.atOnce = Math.max(seen.atOnce, open.size)
    socket.on('error', () => socket.destroy()).on('close', () => open.delete(socket))
    if (hangs) return void socket.resume()
    const behind = connect(Number(upstream.port), upstream.hostname).on('error', () => socket.destroy())
    socket.on('close', () => behind.destroy())
    behind.on('close', () => socket.destroy())
    socket.pipe(behind).pipe(socket)
  })
  const listen = async (hanging: boolean): Promise<void> => {
    hangs = hanging
    if (server.listening) return
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const away = async (): Promise<void> => {
    for (const socket of open) socket.destroy()
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  return { port, seen, up: () => listen(false), hang: () => listen(true), away, [Symbol.asyncDispose]: away }
}
