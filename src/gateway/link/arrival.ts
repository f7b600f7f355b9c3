import type { Duplex } from 'node:stream'
import type { SignedRequest } from '../../identity/authenticator.js'
import type { Grant } from '../../identity/types.js'
import type { HoopError } from '../../lib/errors.js'
import type { LastingStream } from '../../lib/link/lasting-stream.js'
import type { Resumption } from '../../lib/link/resumption.js'

/** How a stream outlives its link. */
export interface Keep {
  /** Milliseconds after its link broke. */
  readonly time: number
  /** @returns the id by which it is asked for */
  readonly add: (stream: LastingStream) => string
}

/** Somebody asks for a stream, on a link or by an Upgrade of their own. */
export interface Arrival {
  readonly request: SignedRequest
  readonly address: string | undefined
  /** The client would rather be refused at once than wait for an approval. */
  readonly retry: boolean
  /** What was read behind the request. */
  readonly head: Buffer
  /** Whether this may carry streams of such a grant. @throws {HoopError} GRANT_INVALID */
  admit(grant: Grant): void
  /** It is no new stream, but one that is to go on. */
  readonly resumption: Resumption | undefined
  /**
   * Says yes.
   * @param keep how a stream outlives its link, where it may and the agent asks for it
   * @returns the stream, PostgreSQL's from here
   */
  accept(keep?: Keep): Duplex
  /** Says yes to going on. */
  resume(stream: LastingStream): void
  /** Says no instead. */
  refuse(error: HoopError): void
  /** It has become a session. */
  passed(): void
}
