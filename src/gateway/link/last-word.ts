import type { Duplex } from 'node:stream'

/** Milliseconds that a refusal may take to reach the client. */
const LAST_WORD = 2000

/** Says something and closes. What the client still sends is read and dropped: a reset would lose the answer. */
export const lastWord = (stream: Duplex, message: Buffer): void => {
  stream.end(message)
  stream.resume()
  setTimeout(() => stream.destroy(), LAST_WORD).unref()
}
