import type { Socket } from 'node:net'
import { HoopError } from '../../lib/errors.js'
import { readStartup, startupSize, type StartupPacket } from '../../wire/startup.js'

/**
 * Reads the first packet of a stream. SSLRequest and GSSENCRequest are answered `N`: the stream is encrypted already.
 * @returns the packet and whatever came behind it; the socket is paused
 * @throws {HoopError} STARTUP_INVALID, STARTUP_TIMEOUT, PROTOCOL_VERSION
 */
export const readPacket = async (
  socket: Socket,
  head: Buffer,
  timeout: number,
): Promise<{ packet: Exclude<StartupPacket, { kind: 'ssl' | 'gss' }>; rest: Buffer }> => {
  let buffer = head
  const signal = AbortSignal.timeout(timeout)
  for (let requests = 0; ;) {
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
    buffer = Buffer.concat([buffer, await nextChunk(socket, signal)])
  }
}

const nextChunk = (socket: Socket, signal: AbortSignal): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      socket.off('data', onData).off('close', onClose).off('end', onClose).pause()
      signal.removeEventListener('abort', onAbort)
      act()
    }
    const onData = (chunk: Buffer): void => settle(() => resolve(chunk))
    const onClose = (): void => settle(() => reject(new HoopError('STARTUP_INVALID', 'the connection ended')))
    const onAbort = (): void => settle(() => reject(new HoopError('STARTUP_TIMEOUT')))
    if (signal.aborted) return onAbort()
    socket.on('data', onData).on('close', onClose).on('end', onClose)
    signal.addEventListener('abort', onAbort, { once: true })
    socket.resume()
  })
