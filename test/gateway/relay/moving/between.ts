import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from 'pg'
import { Cutter, HEADER, MemoryBudget } from '../../../../src/wire/cutter.js'
import { parse, readBind, readParse } from '../../../../src/wire/frontend.js'
import { Frontend } from '../../../../src/wire/tags.js'

/** Where the gateway's side of a session has got to, as the server will see it. */
export interface Instant {
  /** Messages that went before in this round, from the gateway to the server. */
  readonly number: number
  /** A witness has looked, and what it is for has not run yet: what PostgreSQL never locks may not change here. */
  readonly witnessed: boolean
}

/** What is to happen at that instant, if anything is. The server has dealt with all earlier messages when it happens. */
export type Between = (instant: Instant) => (() => Promise<void>) | undefined

const isWitness = (name: string): boolean => name.startsWith('hoop_witness')

/** Stands between the gateway's sessions and the server, and stops wherever a test wants something to happen. */
export class BetweenMessages implements AsyncDisposable {
  readonly #watch: Client
  readonly #upstream: number
  readonly #server = createServer({ noDelay: true }, (socket) => this.#pass(socket))
  readonly #sockets = new Set<Socket>()
  #between: Between | undefined
  #number = 0
  #witnessed = false
  /** The witness's text, by what stands in its place; a session prepares it once. */
  rewrite: ((text: string) => string) | undefined

  /** @param watch a connection of its own to the same server */
  constructor(upstream: number, watch: Client) {
    this.#upstream = upstream
    this.#watch = watch
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  /** From the next message on. */
  during(between: Between | undefined): void {
    this.#between = between
    this.#number = 0
    this.#witnessed = false
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #pass(client: Socket): void {
    const server = connect({ host: '127.0.0.1', port: this.#upstream, noDelay: true })
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      socket.on('error', () => socket.destroy()).on('close', () => this.#sockets.delete(socket))
    }
    server.on('data', (chunk) => client.write(chunk)).on('close', () => client.destroy())
    let turn: Promise<void> = Promise.resolve()
    const cutter = new Cutter(
      {
        whole: () => true,
        frame: (tag, buffer, start, end) => {
          const message = Buffer.from(buffer.subarray(start, end))
          turn = turn.then(() => this.#message(tag, message, server))
        },
        piece: () => undefined,
      },
      new MemoryBudget(2 ** 31),
    )
    let begun = false
    client.on('data', (chunk) => {
      // The first has no type: a startup, or a CancelRequest.
      const first = begun ? 0 : chunk.readInt32BE(0)
      begun = true
      if (first > 0) server.write(chunk.subarray(0, first))
      if (chunk.length > first) cutter.feed(chunk.subarray(first))
    })
    client.on('close', () => void turn.then(() => server.destroy()))
  }

  async #message(tag: number, message: Buffer, server: Socket): Promise<void> {
    if (server.destroyed) return
    const wanted = this.#between?.({ number: this.#number++, witnessed: this.#witnessed })
    if (wanted) {
      await this.#dealtWith(server)
      await wanted()
    }
    server.write(this.#rewritten(tag, message))
    if (tag === Frontend.Bind && isWitness(readBind(message, 0, message.length).statement)) this.#witnessed = true
    const portal = tag === Frontend.Execute ? message.toString('latin1', HEADER, message.indexOf(0, HEADER)) : ''
    if (tag === Frontend.Query || (tag === Frontend.Execute && !isWitness(portal))) this.#witnessed = false
  }

  /** Waits until the server reads, or waits for a lock. */
  async #dealtWith({ localPort }: Socket): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      await delay(1)
      const { rows } = await this.#watch.query<{ at: string | null }>(
        'SELECT wait_event_type AS at FROM pg_stat_activity WHERE client_port = $1',
        [localPort],
      )
      if (rows.every(({ at }) => at === 'Client' || at === 'Lock')) return
    }
  }

  #rewritten(tag: number, message: Buffer): Buffer {
    if (tag !== Frontend.Parse || !this.rewrite) return message
    const { name, text } = readParse(message, 0, message.length)
    return isWitness(name) ? parse(name, this.rewrite(text)) : message
  }
}
