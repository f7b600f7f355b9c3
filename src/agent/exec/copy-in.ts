import { once } from 'node:events'
import { asLongAs } from '../../lib/deadline.js'
import { frame } from '../../wire/frontend.js'
import { Frontend } from '../../wire/tags.js'
import type { Stream } from '../link/links.js'

/** Why the data go no further: the server takes no more of them, or the caller wants it to take back what it has. */
export type CopyStop = 'over' | 'cancelled'

const isStop = (reason: unknown): reason is CopyStop => reason === 'over' || reason === 'cancelled'

/**
 * Sends data for COPY … FROM STDIN until they end. Whatever it waits for, `stop` ends at once: a read of data that may
 * never come, and the room in a stream that nobody reads. Data that can't be read fail the COPY, and the server says so.
 * @param stop its reason is a CopyStop. Cancelled, the server is told: as long as it waits for data it heeds no CancelRequest
 * @see PostgreSQL documentation, "COPY Operations"
 */
export async function sendCopy(socket: Stream, data: AsyncIterable<Buffer>, stop: AbortSignal): Promise<void> {
  const send = (tag: number, body: Buffer | string = Buffer.alloc(0)): boolean =>
    socket.writable ? socket.write(frame(tag, body)) : true
  try {
    const parts = data[Symbol.asyncIterator]()
    for (;;) {
      const part = await asLongAs(parts.next(), stop)
      if (part.done) return void send(Frontend.CopyDone)
      if (!send(Frontend.CopyData, part.value)) await once(socket, 'drain', { signal: stop })
    }
  } catch (error) {
    const reason: unknown = stop.aborted ? stop.reason : undefined
    if (reason === 'over') return
    send(Frontend.CopyFail, isStop(reason) ? reason : error instanceof Error ? error.message : String(error))
  }
}
