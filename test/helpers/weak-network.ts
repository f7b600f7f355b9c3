import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A network between two sides, for TCP: what it carries can be held up or cut off. */
export interface WeakNetwork extends AsyncDisposable {
  readonly port: number
  /** Connections that it carries now. */
  readonly open: number
  /** Nothing goes through any more, in neither direction, and nobody is told; new connections neither. */
  stall(): void
  /** What was held up goes on. */
  mend(): void
  /** Ends all connections by a reset on both sides. */
  cut(): void
}

/** @param to the port on this host that it leads to, once somebody connects */
export const weakNetwork = async (to: () => number): Promise<WeakNetwork> => {
  const pairs = new Set<readonly [Socket, Socket]>()
  let stalled = false
  const pass = (from: Socket, other: Socket): void => {
    from.on('data', (chunk: Buffer) => void other.write(chunk))
    from.on('end', () => void other.end())
    from.on('error', () => undefined)
    if (stalled) from.pause()
  }
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = connect({ port: to(), host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const pair = [near, far] as const
    pairs.add(pair)
    pass(near, far)
    pass(far, near)
    for (const [each, other] of [pair, [far, near]] as const)
      each.once('close', () => {
        if (!stalled) other.destroy()
        pairs.delete(pair)
      })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    get open() {
      return pairs.size
    },
    stall: () => {
      stalled = true
      for (const pair of pairs) for (const socket of pair) socket.pause()
    },
    mend: () => {
      stalled = false
      for (const pair of pairs) for (const socket of pair) socket.resume()
    },
    cut,
    [Symbol.asyncDispose]: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
