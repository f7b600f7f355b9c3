import { performServerHandshake, type ServerHttp2Session, type ServerOptions } from 'node:http2'
import type { TLSSocket } from 'node:tls'

/** Streams that one link carries at once, its own among them; whoever needs more opens another link. */
const MOST_STREAMS = 128
/** Bytes that a client may have on their way to a session that doesn't take them. */
const STREAM_WINDOW = 512 * 1024
/** Bytes on their way in all streams of a link: what was read counts as taken here at once, so this is about the network only. */
const LINK_WINDOW = 16 * 1024 * 1024

/**
 * What a connection may cost before and after it has proved anything. A client that resets streams as fast as it opens them
 * (CVE-2023-44487), sends endless CONTINUATION frames (CVE-2024-27316) or breaks the protocol is ended with GOAWAY; the
 * rates are nghttp2's, the bounds on its queues too.
 */
const options = (headerSize: number): ServerOptions => ({
  settings: {
    enableConnectProtocol: true,
    maxConcurrentStreams: MOST_STREAMS,
    initialWindowSize: STREAM_WINDOW,
    maxHeaderListSize: headerSize,
    headerTableSize: 4096,
  },
  maxHeaderListPairs: 32,
  maxSettings: 16,
  maxOutstandingPings: 4,
  maxSessionInvalidFrames: 16,
  maxSessionRejectedStreams: 64,
  maxSessionMemory: 64,
  streamResetBurst: 256,
  streamResetRate: 33,
})

/** Begins HTTP/2 on a TLS connection whose ALPN chose it. @param headerSize of one request, bytes */
export const beginHttp2 = (socket: TLSSocket, headerSize: number): ServerHttp2Session => {
  const session = performServerHandshake(socket, options(headerSize))
  session.setLocalWindowSize(LINK_WINDOW)
  return session
}
