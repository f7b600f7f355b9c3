import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

export interface ConnectProxy extends AsyncDisposable {
  readonly url: string
  /** Targets asked for, with the credentials that came with them. */
  readonly asked: { readonly target: string; readonly login: string | undefined }[]
  /** Status of its answers; 200 connects. */
  status: number
}

/** An HTTP proxy that knows CONNECT and nothing else. */
export const startConnectProxy = async (): Promise<ConnectProxy> => {
  const server = createServer()
  const sockets = new Set<Socket>()
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    const target = request.url ?? ''
    proxy.asked.push({ target, login: request.headers['proxy-authorization'] })
    client.on('error', () => client.destroy())
    sockets.add(client)
    if (proxy.status !== 200) return void client.end(`HTTP/1.1 ${proxy.status} No\r\n\r\n`)
    const [host = '', port] = target.split(':')
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connected\r\n\r\n')
      upstream.write(head)
      client.pipe(upstream).pipe(client)
    })
    sockets.add(upstream)
    upstream.on('error', () => client.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: ConnectProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    status: 200,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
  return proxy
}
