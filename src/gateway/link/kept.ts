import { randomBytes } from 'node:crypto'
import type { Grant } from '../../identity/types.js'
import { HoopError } from '../../lib/errors.js'
import type { LastingStream } from '../../lib/link/lasting-stream.js'
import type { Resumption } from '../../lib/link/resumption.js'

interface Kept {
  readonly stream: LastingStream
  readonly grant: Grant
  /** Of the last resumption. */
  attempt: number
}

/** Streams that may be put on another link, as long as they are open. */
export class KeptStreams {
  readonly #kept = new Map<string, Kept>()

  /** @returns the id by which its agent asks for it */
  add(stream: LastingStream, grant: Grant): string {
    const id = randomBytes(16).toString('base64url')
    this.#kept.set(id, { stream, grant, attempt: 0 })
    stream.once('close', () => this.#kept.delete(id))
    return id
  }

  /**
   * The stream that is to go on, for the same person, key and connection. What is wrong with the rest of it is said in one word, so
   * that ids can't be tried.
   * @throws {HoopError} RESUME_REFUSED
   */
  take({ id, attempt, received }: Resumption, { principal, connection, chain }: Grant): LastingStream {
    const kept = this.#kept.get(id)
    const own =
      kept?.grant.principal.jkt === principal.jkt &&
      kept.grant.principal.subject === principal.subject &&
      kept.grant.connection === connection &&
      kept.grant.chain === chain
    if (!kept || !own || kept.stream.destroyed) throw new HoopError('RESUME_REFUSED', 'there is no such session')
    if (attempt <= kept.attempt) throw new HoopError('RESUME_REFUSED', 'it was resumed already')
    if (!kept.stream.canResumeAt(received))
      throw new HoopError('RESUME_REFUSED', 'what the agent has received is not where this session stands')
    kept.attempt = attempt
    return kept.stream
  }
}
