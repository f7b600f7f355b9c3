/**
 * Run as a process: `node blocker.js WHAT SECONDS`, with libpq's environment. Does for so long what could hold up the sessions
 * of others, again and again, and prints how often it was answered, and with what error at last: JSON of Blocked.
 */
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { query } from '../../../src/wire/frontend.js'

export interface Blocked {
  readonly answers: number
  readonly bytes: number
  /** What the server, or hoop, said last of what went wrong. */
  readonly error?: string
}

/** Texts of which each is one Query. */
const texts = {
  statements: () =>
    Array.from({ length: 20_000 }, (_, at) => `SELECT abalance FROM pgbench_accounts WHERE aid = ${at}`).join(';'),
  text: () => Array.from({ length: 50 }, () => `SELECT length('${'x'.repeat(1_000_000)}')`).join(';'),
  slow: () => "SELECT email, repeat('x', 1000) FROM customers, generate_series(1, 1000000) LIMIT 1000000",
  complicated: () => `SELECT ${Array.from({ length: 30_000 }, (_, at) => `id + ${at} AS c${at % 1000}`).join(',')}`,
} as const
export type Blocking = keyof typeof texts

/** Bytes of a slow reader in each hundredth of a second: 1 GB takes a minute. */
const SLOWLY = 170_000

const errorIn = (chunk: Buffer): string | undefined => /\0M([^\0]+)\0/.exec(chunk.toString('latin1'))?.[1]

/** Chunks as they are asked for: in between the stream is paused, and its sender waits. */
class Chunks {
  readonly #stream: Socket
  readonly #queue: Buffer[] = []
  #wake = (): void => undefined

  constructor(stream: Socket) {
    this.#stream = stream
    stream.on('data', (chunk: Buffer) => {
      this.#queue.push(chunk)
      stream.pause()
      this.#wake()
    })
    stream.on('close', () => this.#wake())
  }

  /** @returns undefined where none came in time, or will come any more */
  async next(until: number): Promise<Buffer | undefined> {
    if (this.#queue.length === 0 && !this.#stream.destroyed) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      const timer = setTimeout(resolve, until - performance.now())
      this.#stream.resume()
      await promise
      clearTimeout(timer)
    }
    return this.#queue.shift()
  }
}

/** Reads until ReadyForQuery, slowly where that is asked for. */
const answer = async (chunks: Chunks, slowly: boolean, until: number): Promise<Blocked> => {
  let bytes = 0
  let error: string | undefined
  let tail = ''
  while (!/Z\0\0\0\x05[IE]$/.test(tail)) {
    const chunk = await chunks.next(until)
    if (!chunk) return { answers: 0, bytes, ...(error !== undefined && { error }) }
    bytes += chunk.length
    if (error === undefined && chunk[0] === 0x45) error = errorIn(chunk)
    tail = (tail + chunk.toString('latin1', Math.max(0, chunk.length - 6))).slice(-6)
    if (slowly) await sleep((chunk.length / SLOWLY) * 10)
    if (performance.now() >= until) break
  }
  return { answers: Number(performance.now() < until), bytes, ...(error !== undefined && { error }) }
}

const [what = 'statements', seconds = '10'] = process.argv.slice(2)
const client = new Client()
client.on('error', () => undefined) // its stream is taken from it, and tells
await client.connect()
const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
stream.removeAllListeners('data')
const chunks = new Chunks(stream)
const message = query(texts[what as Blocking]())
const until = performance.now() + Number(seconds) * 1000
let all: Blocked = { answers: 0, bytes: 0 }
while (performance.now() < until && !stream.destroyed) {
  stream.write(message)
  const { answers, bytes, ...rest } = await answer(chunks, what === 'slow', until)
  all = { ...all, ...rest, answers: all.answers + answers, bytes: all.bytes + bytes }
}
if (stream.destroyed) all = { ...all, error: all.error ?? 'the connection was closed' }
process.stdout.write(`${JSON.stringify(all)}\n`)
process.exit(0)
