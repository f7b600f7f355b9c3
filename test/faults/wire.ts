import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What becomes of bytes: they pass, come late and in bursts, go nowhere, meet a reset, or get an answer that is none. */
type Weather = 'through' | 'late' | 'silent' | 'cut' | 'garbage'

export interface Wire extends AsyncDisposable {
  readonly url: string
  weather: Weather
  /** Resets every connection that there is. */
  cut(): void
}

const garbage =
  'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 24\r\nconnection: close\r\n\r\n<h1>It works!</h1>\0\0\0\0\0\0'

/**
 * A stretch of network between two processes. With a target it leads there; without one it is an HTTP proxy that knows
 * CONNECT, as the agent takes one by HTTPS_PROXY.
 */
export const startWire = async (target?: () => number): Promise<Wire> => {
  const sockets = new Set<Socket>()
  /** A packet in twenty is lost and comes with the next retransmission, and all behind it with it. */
  const delay = () => (wire.weather === 'late' ? 150 + (Math.random() < 0.05 ? 400 : 0) : 0)
  const keep = (socket: Socket) => {
    sockets.add(socket.on('error', () => undefined).once('close', () => sockets.delete(socket)))
    return socket
  }
  const carry = async (source: Socket, sink: Socket, first?: Buffer) => {
    if (first) sink.write(first)
    for await (const chunk of source as AsyncIterable<Buffer>) {
      if (wire.weather === 'late') await sleep(delay())
      while (wire.weather === 'silent' && !sink.destroyed) await sleep(20)
      if (!sink.write(chunk)) await Promise.race([once(sink, 'drain'), once(sink, 'close')])
    }
    sink.end()
  }
  const join = (client: Socket, port: number, first?: Buffer) => {
    const server = keep(connect(port, '127.0.0.1'))
    void carry(client, server, first).catch(() => server.destroy())
    void carry(server, client).catch(() => client.destroy())
  }
  const accept = async (client: Socket) => {
    if (wire.weather === 'cut') return void client.resetAndDestroy()
    if (wire.weather === 'garbage') return void client.once('data', () => client.end(garbage))
    if (target) return join(client, target())
    const [head] = (await once(client, 'data')) as [Buffer]
    const port = Number(/^CONNECT [^ ]*:(\d+) /.exec(head.toString('latin1'))?.[1])
    client.write('HTTP/1.1 200 Connected\r\n\r\n')
    join(client, port)
  }
  const server = createServer((client) => void accept(keep(client)).catch(() => client.destroy())).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const cut = () => sockets.forEach((socket) => socket.resetAndDestroy())
  const wire: Wire = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    weather: 'through',
    cut,
    [Symbol.asyncDispose]: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
  return wire
}
