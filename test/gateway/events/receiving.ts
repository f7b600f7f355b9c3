import { readFile } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { pino } from 'pino'
import { Events } from '../../../src/gateway/events/events.js'
import { eventSchema, type GatewayEvent } from '../../../src/gateway/events/schema.js'
import { GatewayMetrics } from '../../../src/gateway/metrics/gateway-metrics.js'
import { type EventTargetConfig, eventTarget } from '../../../src/policy/config/sections/events.js'
import type { z } from 'zod'
import type { CertificateFiles } from '../../helpers/certificates.js'
import { type openGateway, type Places } from '../ledger/history.js'

type Opened = Awaited<ReturnType<typeof openGateway>>

/** Each must be what the schema says, to the last member. */
export const parsed = (line: string): GatewayEvent => eventSchema.parse(JSON.parse(line)) as unknown as GatewayEvent

export const linesOf = async (path: string): Promise<GatewayEvent[]> =>
  (await readFile(path, 'utf8').catch(() => '')).split('\n').slice(0, -1).map(parsed)

/** Sends what a gateway enters from here on. */
export const telling = async (
  gateway: Opened,
  at: Places,
  targets: readonly z.input<typeof eventTarget>[],
  logged: string[] = [],
) => {
  const metrics = new GatewayMetrics()
  const events = new Events({
    targets: targets.map((target): EventTargetConfig => eventTarget.parse(target)),
    secret: async () => 'open sesame',
    log: pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) }),
    metrics,
    pause: 20,
  })
  await events.begin({ ledger: gateway.ledgers.ledger, recordings: at.recordings, db: gateway.store.db })
  return Object.assign(events, { metrics })
}

export interface Posted {
  readonly signature: string
  readonly body: string
  readonly events: readonly GatewayEvent[]
}

/** Takes posts; what it answers to each is asked. */
export const webhookReceiver = async (answer: (count: number) => number | 'silence', port = 0) => {
  const posted: Posted[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { events } = JSON.parse(body) as { events: object[] }
      posted.push({
        signature: String(request.headers['hoop-signature']),
        body,
        events: events.map((event) => parsed(JSON.stringify(event))),
      })
      const status = answer(posted.length)
      if (status === 'silence') request.socket.destroy()
      else response.writeHead(status).end()
    })
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: given } = server.address() as AddressInfo
  return {
    posted,
    port: given,
    url: `http://127.0.0.1:${given}/hoop`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** Cuts a stream into messages by the octets that each says it has (RFC 5425, section 4.3). */
export const messagesOf = (stream: string): string[] => {
  const messages: string[] = []
  for (let at = 0; at < stream.length;) {
    const [whole, length] = /^([1-9]\d*) /.exec(stream.slice(at, at + 12)) ?? []
    if (whole === undefined) throw new Error(`no length at ${at}`)
    at += whole.length
    messages.push(stream.slice(at, at + Number(length)))
    at += Number(length)
  }
  return messages
}

/** A syslog server that asks for a client's certificate. @param take whether it reads what a connection brings */
export const syslogReceiver = async (certificates: CertificateFiles, take: (count: number) => boolean = () => true) => {
  const messages: string[] = []
  const authorized: boolean[] = []
  let count = 0
  const read = (path: string) => readFile(path)
  const { caFile, certFile, keyFile } = certificates
  const options = { ca: await read(caFile), cert: await read(certFile), key: await read(keyFile) }
  const server = createTlsServer({ ...options, requestCert: true }, (socket: TLSSocket) => {
    authorized.push(socket.authorized)
    socket.on('error', () => undefined)
    if (!take(++count)) return void socket.destroy()
    void text(socket).then((stream) => messages.push(...messagesOf(stream)))
  }).listen(0, '127.0.0.1')
  server.on('tlsClientError', () => undefined)
  await once(server, 'listening')
  return {
    ...{ messages, authorized },
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    [Symbol.asyncDispose]: async () => void (await new Promise((closed) => server.close(closed))),
  }
}
