import { z } from 'zod'
import { duration, size } from './quantities.js'

const count = z.number().int().min(1).max(1_000_000)

/** What one port bears from people who have not shown yet who they are, or who stop half-way. */
export const httpLimits = z.strictObject({
  /** Connections that are no session: in their TLS handshake, with a request on its way, idle, starting a stream. */
  connections: count.default(2000),
  /** Of these, from one address (of IPv6, one /64). Trusted proxies are not counted. */
  connections_per_address: count.default(250),
  /** Time for the TLS handshake. */
  handshake: duration.prefault('10s'),
  /** Time for a request's headers, from the connection's begin or the end of the request before. */
  headers: duration.prefault('10s'),
  /** Time for the whole request. */
  request: duration.prefault('30s'),
  /** How long a connection may wait for its next request. */
  idle: duration.prefault('30s'),
  /** Largest headers of a request. */
  header_size: size.prefault('32KiB'),
  /** Largest body of a request. */
  body_size: size.prefault('64KiB'),
})

export type HttpLimits = z.output<typeof httpLimits>
