import type { Server, Socket } from 'node:net'
import { neighborhood, plainAddress } from './network.js'

export interface DoorwayLimits {
  readonly connections: number
  readonly connections_per_address: number
}

export interface DoorwayOptions {
  readonly limits: DoorwayLimits
  /** Many people come from there. */
  readonly isProxy: (address: string) => boolean
  /** Somebody was turned away. */
  readonly refused: (address: string, because: 'connections' | 'connections_per_address') => void
}

type Ends = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort'>

/** A TCP connection by its two ends: the same for a TLS connection as for the one below it, which Node does not hand out. */
const nameOf = ({ remoteAddress, remotePort, localAddress, localPort }: Ends): string =>
  [remoteAddress, remotePort, localAddress, localPort].join(' ')

/**
 * Bounds the connections of a server that are nobody's session yet. Whoever is one too many is turned away at TCP, where
 * nothing can be said but costs nothing either.
 */
export class Doorway {
  readonly #options: DoorwayOptions
  readonly #inside = new Map<string, () => void>()
  readonly #perAddress = new Map<string, number>()

  constructor(options: DoorwayOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#inside.size
  }

  /** Stands in front of what the server does with new connections so far. */
  guard(server: Server): void {
    const listeners = server.listeners('connection') as ((this: Server, socket: Socket) => void)[]
    server.removeAllListeners('connection')
    server.on('connection', (socket: Socket) => {
      if (this.#admit(socket)) for (const listener of listeners) listener.call(server, socket)
    })
  }

  /** It has become a session, which has limits of its own. */
  passed(socket: Ends): void {
    this.#inside.get(nameOf(socket))?.()
  }

  #admit(socket: Socket): boolean {
    const { limits, isProxy, refused } = this.#options
    const address = plainAddress(socket.remoteAddress ?? '')
    // Gone already.
    if (address === undefined) return !socket.destroy()
    const neighbors = isProxy(address) ? undefined : neighborhood(address)
    const there = neighbors === undefined ? 0 : (this.#perAddress.get(neighbors) ?? 0)
    const all = this.#inside.size >= limits.connections
    if (all || there >= limits.connections_per_address) {
      socket.destroy()
      refused(address, all ? 'connections' : 'connections_per_address')
      return false
    }
    if (neighbors !== undefined) this.#perAddress.set(neighbors, there + 1)
    const name = nameOf(socket)
    const leave = (): void => {
      if (this.#inside.get(name) !== leave) return
      this.#inside.delete(name)
      if (neighbors !== undefined) this.#leave(neighbors)
    }
    this.#inside.set(name, leave)
    socket.once('close', leave)
    return true
  }

  #leave(neighbors: string): void {
    const left = (this.#perAddress.get(neighbors) ?? 0) - 1
    if (left > 0) this.#perAddress.set(neighbors, left)
    else this.#perAddress.delete(neighbors)
  }
}
