import { performance } from 'node:perf_hooks'
import type { ConnectionMetrics } from '../metrics/connection-metrics.js'

/** Nothing is on its way. */
const NONE = 0

/**
 * How long bytes stay in the relay: from when they were read on one side, until what they led to was written on the other.
 * What waits for a person to approve it isn't counted, what waits for the catalog or for earlier answers is.
 */
export class Passage {
  readonly #metrics: ConnectionMetrics
  /** When the oldest chunk was read that has led to nothing yet, by performance.now(). */
  #fromClient = NONE
  #fromServer = NONE

  constructor(metrics: ConnectionMetrics) {
    this.#metrics = metrics
  }

  /** @param at by performance.now() */
  clientSent(bytes: number, at: number): void {
    this.#metrics.received.client += bytes
    if (this.#fromClient === NONE) this.#fromClient = at
  }

  serverSent(bytes: number, at: number): void {
    this.#metrics.received.server += bytes
    if (this.#fromServer === NONE) this.#fromServer = at
  }

  /** A person is asked: that takes as long as it takes. */
  asks(): void {
    this.#fromClient = NONE
  }

  /** @param written whether anything was: half a message leads to nothing. @param waits what was read is kept */
  toServer(written: boolean, waits: boolean): void {
    if (this.#fromClient === NONE) return
    if (written) this.#metrics.toServer.observe((performance.now() - this.#fromClient) / 1000)
    if (written || !waits) this.#fromClient = NONE
  }

  toClient(written: boolean): void {
    if (this.#fromServer === NONE) return
    if (written) this.#metrics.toClient.observe((performance.now() - this.#fromServer) / 1000)
    this.#fromServer = NONE
  }
}
