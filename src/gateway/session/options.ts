import type { Duplex } from 'node:stream'
import type { Grant } from '../../identity/types.js'
import type { MemoryBudget } from '../../wire/cutter.js'
import type { SessionRegistry } from './registry.js'
import type { Startup } from './request.js'
import type { ConnectionRuntime, SessionServices } from './services.js'

/** What all sessions of a gateway share. */
export interface SharedOptions {
  readonly services: SessionServices
  readonly registry: SessionRegistry
  readonly budget: MemoryBudget
}

/** What one of them begins with. */
export interface SessionOptions extends SharedOptions {
  readonly grant: Grant
  readonly runtime: ConnectionRuntime
  readonly socket: Duplex
  readonly startup: Startup
  /** Bytes that the client sent behind its StartupMessage. */
  readonly rest: Buffer
  readonly address: string | undefined
  /** The client would rather be refused at once than wait for an approval. */
  readonly retry: boolean
}
