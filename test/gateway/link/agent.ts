import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { expect } from 'vitest'
import { connect as openPorts } from '../../../src/agent/port/connect.js'
import { linkPath, linkProtocol, resumeHeader, streamPath, streamProtocol } from '../../../src/lib/link/names.js'
import { idToken } from '../../helpers/login.js'
import { tempFolder } from '../../helpers/temp.js'
import type { Person } from '../server/start/person.js'
import type { Started } from '../server/start/started.js'

/** A TLS connection that offers HTTP/2 and nothing else. */
export const dialHttp2 = async (it: Started): Promise<TLSSocket> => {
  const { port } = new URL(it.gateway.url)
  const ca = await readFile(it.caFile)
  const socket = connectTls({
    port: Number(port),
    host: '127.0.0.1',
    servername: 'localhost',
    ca,
    ALPNProtocols: ['h2'],
  })
  socket.on('error', () => undefined)
  await once(socket, 'secureConnect')
  expect(socket.alpnProtocol).toBe('h2')
  return socket
}

/** HTTP/2 by hand, with Node's client. */
export const http2To = async (it: Started, over?: TLSSocket): Promise<ClientHttp2Session> => {
  const socket = over ?? (await dialHttp2(it))
  const session = connect(it.gateway.url, { createConnection: () => socket })
  session.on('error', () => undefined)
  await once(session, 'remoteSettings')
  return session
}

export interface Asked {
  /** HTTP status, or 0 where the stream was reset. */
  readonly status: number
  /** By which code it was reset. */
  readonly reset: number
  /** Of hoop's error. */
  readonly code: string | undefined
  /** What the gateway says of how it lasts. */
  readonly resume: string
  readonly stream: ClientHttp2Stream
}

/** Asks for an extended CONNECT. */
export const ask = async (session: ClientHttp2Session, headers: OutgoingHttpHeaders): Promise<Asked> => {
  const stream = session.request(
    { ':method': 'CONNECT', ':scheme': 'https', ':authority': 'localhost', ...headers },
    { endStream: false },
  )
  stream.on('error', () => undefined)
  let resume = ''
  const status = await new Promise<number>((resolve) => {
    stream.once('response', (answer) => {
      resume = String(answer[resumeHeader] ?? '')
      resolve(answer[':status'] ?? 0)
    })
    stream.once('close', () => resolve(0))
  })
  let body = ''
  if (status !== 200 && status !== 0) for await (const part of stream.setEncoding('utf8')) body += String(part)
  const code = body === '' ? undefined : (JSON.parse(body) as { code: string }).code
  return { status, reset: stream.rstCode ?? 0, code, resume, stream }
}

const proved = async ({ client }: Person, gateway: string, path: string, protocol: string, grant: string) => ({
  ...{ ':path': path, ':protocol': protocol, authorization: `DPoP ${grant}` },
  ':authority': new URL(gateway).host,
  dpop: await client.prove('CONNECT', new URL(path, gateway), grant),
})

/** What opens a link, with a proof that is new. */
export const linkHeaders = (person: Person, it: Started, grant: string): Promise<OutgoingHttpHeaders> =>
  proved(person, it.gateway.url, linkPath, linkProtocol, grant)

/** What opens a stream, with a proof that is new. */
export const streamHeaders = (person: Person, it: Started, grant: string): Promise<OutgoingHttpHeaders> =>
  proved(person, it.gateway.url, streamPath, streamProtocol, grant)

/** `hoop connect vectordb` in this process. */
export const agentOf = async (it: Started, account: string, url = it.gateway.url) => {
  await using stack = new AsyncDisposableStack()
  const home = stack.use(await tempFolder())
  const env = {
    ...{ HOOP_HOME: home.path, HOOP_TOKEN: await idToken(it.idp, account) },
    ...{ HOOP_GATEWAY: url, HOOP_CA: it.caFile },
  }
  const told: unknown[] = []
  const connected = stack.use(
    await openPorts({ env, names: ['vectordb'] }, (event) => told.push(event), new AbortController().signal),
  )
  const [connection] = connected.connections
  const owned = stack.move()
  return { dsn: connection!.dsn, told, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
