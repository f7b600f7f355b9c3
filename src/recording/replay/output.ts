import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** Writes to a stream no faster than it is read, so that a long session costs no memory. */
export const writeTo =
  (stream: Writable) =>
  async (text: string): Promise<void> => {
    if (!stream.write(text)) await once(stream, 'drain')
  }
