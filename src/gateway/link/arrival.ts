import type { Duplex } from 'node:stream'
import type { SignedRequest } from '../../identity/authenticator.js'
import type { Grant } from '../../identity/types.js'
import type { HoopError } from '../../lib/errors.js'

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
  /** Says yes. @returns the stream, PostgreSQL's from here */
  accept(): Duplex
  /** Says no instead. */
  refuse(error: HoopError): void
  /** It has become a session. */
  passed(): void
}
