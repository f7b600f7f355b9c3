import type { LastingStream } from '../../lib/link/lasting-stream.js'

/** What a link is asked for: a stream. */
export interface LinkRequest {
  readonly grant: string
  /** What the client has sent: it needs not wait for the answer. */
  readonly first: Buffer
  readonly headers: Record<string, string>
  /** The link was lost under a stream that may go on. @param id by which the gateway knows it */
  readonly detached: (stream: LastingStream, id: string) => void
}
