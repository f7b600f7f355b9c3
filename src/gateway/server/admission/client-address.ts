import type { IncomingMessage } from 'node:http'
import { plainAddress } from './network.js'

/** Where a request comes from, as far as that is known. */
export type AddressOf = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string | undefined

/** An entry of X-Forwarded-For, which may carry a port: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`. */
const entryAddress = (entry: string): string | undefined => {
  const text = entry.trim()
  const [, bracketed, dotted] = /^(?:\[([^\]]+)\](?::\d{1,5})?|([\d.]+):\d{1,5})$/.exec(text) ?? []
  return plainAddress(bracketed ?? dotted ?? text)
}

/**
 * The client's address: the peer's, or where the peer is a proxy that is trusted, the last address in X-Forwarded-For that
 * is no such proxy's. What stands before it was written by whoever has that address, and can be anything.
 */
export const addressReader =
  (isTrusted: (address: string) => boolean): AddressOf =>
  ({ headers, socket }) => {
    let address = socket.remoteAddress === undefined ? undefined : plainAddress(socket.remoteAddress)
    if (address === undefined || !isTrusted(address)) return address
    const forwarded = headers['x-forwarded-for']
    const entries = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',')
    for (const entry of entries.reverse()) {
      const before = entryAddress(entry)
      // Nobody knows who stands behind an entry that can't be read: the proxy that handed it on answers for it.
      if (before === undefined) return address
      address = before
      if (!isTrusted(address)) return address
    }
    return address
  }
