import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { decodeJwt } from 'jose'
import type {
  ApiError,
  ConnectionInfo,
  ConnectionUse,
  GatewayInfo,
  GrantAnswer,
  GrantRequest,
  SessionSummary,
} from '../../src/lib/api.js'
import type { Approval } from '../../src/lib/api/approvals.js'
import type { RecordedStatement } from '../../src/lib/api/statements.js'
import { type CertificateOptions, makeCertificates } from '../helpers/certificates.js'
import { tempFolder } from '../helpers/temp.js'

/** What the gateway heard, for tests to look at. */
interface Heard {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly proof: Record<string, unknown>
  readonly body: unknown
}

export interface SplicingGateway extends AsyncDisposable {
  readonly url: string
  readonly caFile: string
  readonly heard: Heard[]
  /** Streams that are open now. */
  readonly streams: Set<Socket>
  /** Answers the next requests of a path with an error. */
  refuse(path: string, status: number, error: ApiError): void
  /** Of every connection. */
  database: string
  /** Milliseconds that grants live. */
  grantLife: number
  info: Partial<GatewayInfo>
  /** What is left of whoever asks. */
  usage: readonly ConnectionUse[]
  /** What it tells of the grants' sessions. */
  activity: {
    sessions: readonly SessionSummary[]
    statements: readonly RecordedStatement[]
    approvals: readonly Approval[]
  }
  /** Milliseconds by which its clock, as the Date header has it, is ahead. */
  ahead: number
  /** Breaks every stream. */
  drop(): void
}

const connection = (name: string, database: string): ConnectionInfo => ({
  name,
  policy: 'research',
  database,
  databases: [database],
  masks: ['public.customers.email as email'],
  rules: ['no-drop: block'],
  clear: false,
})

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  let text = ''
  for await (const part of request.setEncoding('utf8')) text += String(part)
  return text === '' ? undefined : JSON.parse(text)
}

/**
 * A TLS server with the gateway's API whose streams lead straight to a PostgreSQL server: no policy, no login of its
 * own. It stands in where the agent alone is under test.
 */
export const startSplicingGateway = async (
  databaseUrl: string,
  info: Partial<GatewayInfo>,
  certificate: CertificateOptions = {},
): Promise<SplicingGateway> => {
  const folder = await tempFolder()
  const { caFile, certFile, keyFile } = await makeCertificates(folder.path, certificate)
  const server = createServer({ cert: await readFile(certFile), key: await readFile(keyFile) })
  const refusals = new Map<string, { status: number; error: ApiError }>()
  const target = new URL(databaseUrl)
  const heard: Heard[] = []
  const streams = new Set<Socket>()
  const all = new Set<Socket>()

  const hear = async (request: IncomingMessage, body: unknown): Promise<string> => {
    const path = new URL(request.url ?? '/', 'https://localhost').pathname
    const proof = typeof request.headers.dpop === 'string' ? decodeJwt(request.headers.dpop) : {}
    const { method = '', headers } = request
    heard.push({ method, path, authorization: headers.authorization, proof, body })
    return path
  }
  const answers: Record<string, (body: unknown) => [number, unknown]> = {
    '/v1/gateway': () => [
      200,
      { version: '0.1.0', tunnel: 'hoop-pg/1', time: new Date().toISOString(), ...gateway.info },
    ],
    '/v1/connections': () => [200, { connections: [connection('vectordb', gateway.database)] }],
    '/v1/usage': () => [200, { connections: gateway.usage }],
    '/v1/sessions': () => [200, { sessions: gateway.activity.sessions }],
    '/v1/statements': () => [200, { statements: gateway.activity.statements, incomplete: 0 }],
    '/v1/approvals': () => [200, { approvals: gateway.activity.approvals, version: '1' }],
    '/v1/grants': (body) => [
      201,
      {
        grant: `grant.${randomUUID()}`,
        id: randomUUID(),
        expiresAt: new Date(Date.now() + gateway.grantLife).toISOString(),
        connection: connection((body as GrantRequest).connection, gateway.database),
        // PostgreSQL lets this role in without a password, as it would the gateway's own login.
        subject: 'login_trust',
      } satisfies GrantAnswer,
    ],
  }
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request)
    const path = await hear(request, body)
    const refusal = refusals.get(path)
    const [status, value] = refusal ? [refusal.status, refusal.error] : (answers[path]?.(body) ?? [404, {}])
    response.setHeader('date', new Date(Date.now() + gateway.ahead).toUTCString())
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }
  server.on('request', (request, response) => void serve(request, response))
  server.on('connection', (socket: Socket) => {
    all.add(socket)
    socket.once('close', () => all.delete(socket))
  })
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    void hear(request, undefined)
    const refusal = refusals.get('/v1/tunnel')
    if (refusal) {
      const body = JSON.stringify(refusal.error)
      const lines = [`HTTP/1.1 ${refusal.status} No`, `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close']
      return void socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
    }
    socket.allowHalfOpen = true
    const upstream = connect({ host: target.hostname, port: Number(target.port), allowHalfOpen: true })
    streams.add(socket)
    socket.once('close', () => {
      streams.delete(socket)
      upstream.destroy()
    })
    upstream.on('error', () => socket.destroy())
    upstream.write(head)
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: hoop-pg/1\r\n\r\n')
    socket.pipe(upstream).pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const gateway: SplicingGateway = {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    caFile,
    heard,
    streams,
    database: 'postgres',
    grantLife: 600_000,
    usage: [],
    activity: { sessions: [], statements: [], approvals: [] },
    info,
    ahead: 0,
    refuse: (path, status, error) => void refusals.set(path, { status, error }),
    drop: () => {
      for (const stream of streams) stream.destroy()
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of all) socket.destroy()
      server.close()
      await folder[Symbol.asyncDispose]()
    },
  }
  return gateway
}
