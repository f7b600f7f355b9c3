import type { Duplex } from 'node:stream'
import { HoopError } from '../../lib/errors.js'
import { Frontend } from '../../wire/tags.js'
import { readStartup, startupSize, type StartupPacket } from '../../wire/startup.js'

/**
 * Reads the first packet of a stream. SSLRequest and GSSENCRequest are answered `N`: the stream is encrypted already.
 * @returns the packet and whatever came behind it; the socket is paused. Undefined where the client has left again, with
 * or without a Terminate: PostgreSQL says nothing to that either
 * @throws {HoopError} STARTUP_INVALID, STARTUP_TIMEOUT, PROTOCOL_VERSION
 */
export const readPacket = async (
  socket: Duplex,
  head: Buffer,
  timeout: number,
): Promise<{ packet: Exclude<StartupPacket, { kind: 'ssl' | 'gss' }>; rest: Buffer } | undefined> => {
  let buffer = head
  const signal = AbortSignal.timeout(timeout)
  for (let requests = 0; ;) {
    if (buffer[0] === Frontend.Terminate) return undefined
    const size = startupSize(buffer)
    if (size !== undefined && buffer.length >= size) {
      const packet = readStartup(buffer.subarray(0, size))
      const rest = buffer.subarray(size)
      if (packet.kind !== 'ssl' && packet.kind !== 'gss') return { packet, rest }
      // Bytes behind it would have been meant for the encrypted stream: somebody has put them in.
      if (rest.length > 0 || ++requests > 2)
        throw new HoopError('STARTUP_INVALID', 'bytes behind a request for encryption')
      socket.write('N')
      buffer = rest
      continue
    }
    const chunk = await nextChunk(socket, signal)
    if (!chunk) return undefined
    buffer = Buffer.concat([buffer, chunk])
  }
}

const nextChunk = (socket: Duplex, signal: AbortSignal): Promise<Buffer | undefined> =>
  new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      socket.off('data', onData).off('close', onClose).off('end', onClose).pause()
      signal.removeEventListener('abort', onAbort)
      act()
    }
    const onData = (chunk: Buffer): void => settle(() => resolve(chunk))
    const onClose = (): void => settle(() => resolve(undefined))
    const onAbort = (): void => settle(() => reject(new HoopError('STARTUP_TIMEOUT')))
    if (signal.aborted) return onAbort()
    if (socket.destroyed) return onClose()
    socket.on('data', onData).on('close', onClose).on('end', onClose)
    signal.addEventListener('abort', onAbort, { once: true })
    socket.resume()
  })
