import { Socket } from 'node:net'
import type { Duplex, Readable } from 'node:stream'
import { LinkStream } from '../../lib/link/stream.js'

/**
 * Hears what comes in on a stream. While a socket, or a stream of a link, flows and keeps nothing, its chunks are taken as they are pushed: of what
 * the stream's own machinery costs per chunk, an event, a tick and a few states, a small statement would feel each.
 * One that is paused keeps its chunks as any stream does, and gives them out by `data` once it goes on.
 */
export const hear = (stream: Duplex, chunk: (chunk: Buffer) => void): void => {
  stream.on('data', chunk)
  if (!(stream instanceof Socket || stream instanceof LinkStream)) return
  const push: Readable['push'] = stream.push.bind(stream)
  stream.push = (pushed: Buffer | null, encoding?: BufferEncoding): boolean => {
    if (pushed === null || stream.readableFlowing !== true || stream.readableLength > 0) return push(pushed, encoding)
    chunk(pushed)
    return true
  }
}
