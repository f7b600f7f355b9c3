/**
 * Runs the demo's servers for its parent and outlives it just long enough to end them: when the channel closes, by
 * whatever way the demo ended, the servers are stopped and the demo's folder is removed.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, realpathSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Order, Report } from './keeper.js'

const servers = new Map<number, ChildProcess>()
/** Milliseconds that a server gets to end by itself. */
const patience = 3_000

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hoop-demo-')))

const report = (message: Report) => {
  if (process.connected) process.send?.(message)
}

const start = ({ id, args, env }: Order & { kind: 'start' }) => {
  const server = spawn(process.execPath, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  servers.set(id, server)
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => report({ kind: 'text', id, text }))
  }
  server.once('close', (status) => {
    servers.delete(id)
    report({ kind: 'end', id, status: status ?? 128 })
  })
}

const stop = async (server: ChildProcess) => {
  const ended = once(server, 'close')
  server.kill('SIGTERM')
  const timer = setTimeout(() => server.kill('SIGKILL'), patience)
  await ended
  clearTimeout(timer)
}

let ending = false
const end = async () => {
  if (ending) return
  ending = true
  // The youngest first: what was started later uses what was started earlier.
  for (const server of [...servers.values()].reverse()) await stop(server)
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  process.exit(0)
}

process.on('message', (order: Order) => {
  const server = servers.get(order.id)
  if (order.kind === 'start') start(order)
  else if (server) void stop(server)
})
process.on('disconnect', () => void end())
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end())
if (process.connected) report({ kind: 'ready', folder })
else void end() // the demo died while this was loading
