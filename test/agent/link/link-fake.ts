import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { createSecureServer, type Http2Session, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { GatewayClient } from '../../../src/agent/api/client.js'
import type { Credentials } from '../../../src/agent/login/credentials.js'
import { newProofKey } from '../../../src/agent/login/proof.js'
import { linkProtocol } from '../../../src/lib/link/names.js'
import { makeCertificates } from '../../helpers/certificates.js'
import { tempFolder } from '../../helpers/temp.js'

export interface LinkFake extends AsyncDisposable {
  readonly client: GatewayClient
  /** HTTP/2 connections that are open. */
  readonly sessions: Set<Http2Session>
  /** Streams for PostgreSQL connections, which send back what they get, and Upgrades. */
  readonly heard: { streams: number; upgrades: number }
  /** Called for each stream in place of the answer that it would get. */
  answer: ((stream: ServerHttp2Stream) => void) | undefined
}

/** Stands in for a gateway where what matters is which connections the agent makes. @param connects has extended CONNECT */
export const linkFake = async (connects = true): Promise<LinkFake> => {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(await tempFolder())
  const { caFile, certFile, keyFile } = await makeCertificates(folder.path)
  const server = createSecureServer({
    ...{ cert: await readFile(certFile), key: await readFile(keyFile), allowHTTP1: true },
    settings: { enableConnectProtocol: connects },
  })
  const sessions = new Set<Http2Session>()
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)))
  server.on('session', (session) => {
    sessions.add(session.on('error', () => undefined))
    session.once('close', () => sessions.delete(session))
  })
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    if (headers[':protocol'] === linkProtocol) return stream.respond({ ':status': 200 })
    fake.heard.streams++
    if (fake.answer) return fake.answer(stream)
    stream.respond({ ':status': 200 })
    stream.pipe(stream)
  })
  server.on('upgrade', (_: IncomingMessage, socket: Socket) => {
    fake.heard.upgrades++
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: hoop-pg/1\r\n\r\n')
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const over = new AbortController()
  const { key } = await newProofKey()
  const credentials = { key } as Credentials
  const url = new URL(`https://localhost:${(server.address() as AddressInfo).port}`)
  const client = new GatewayClient({ url, ca: await readFile(caFile, 'utf8') }, credentials, over.signal)
  const owned = stack.move()
  const fake: LinkFake = {
    ...{ client, sessions, answer: undefined },
    heard: { streams: 0, upgrades: 0 },
    [Symbol.asyncDispose]: async () => {
      over.abort()
      client.close()
      for (const socket of sockets) socket.destroy()
      server.close()
      await owned[Symbol.asyncDispose]()
    },
  }
  return fake
}
