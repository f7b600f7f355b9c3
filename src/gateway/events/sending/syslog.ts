import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import type { EventTargetConfig } from '../../../policy/config/sections/events.js'
import { deadline } from '../../../lib/deadline.js'
import type { GatewayEvent } from '../schema.js'
import type { Send } from '../target.js'
import { NotTaken } from '../../webhooks/delivery.js'
import { readClientTls } from './client-tls.js'

/** “log audit” (RFC 5424, section 6.2.1). */
const facility = 13
const severities = { warning: 4, info: 6 }
const warnings = new Set(['statement', 'quarantine', 'alert'])

/** For one connection, milliseconds. */
const patience = 20_000
/** What was sent has arrived by then, milliseconds beside the time of the handshake. */
const leastArriving = 50

/** Only ASCII, so that no byte order mark is called for (RFC 5424, section 6.4), which stands in the way of who reads JSON. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** One message, behind its length (RFC 5425, section 4.3). */
export const frameOf = (event: GatewayEvent): string => {
  const severity = warnings.has(event.kind.split('.')[0]!) ? severities.warning : severities.info
  const host = event.gateway.replaceAll(/[^\u0021-\u007e]/g, '?').slice(0, 255)
  const message = `<${facility * 8 + severity}>1 ${event.time} ${host} hoop - ${event.kind} - ${asciiJson(event)}`
  return `${message.length} ${message}`
}

type SyslogConfig = NonNullable<EventTargetConfig['syslog']>

/** Connects, and says who is there. @throws where TLS can't be had */
export const dialSyslog = async (config: SyslogConfig) => {
  const { host, port } = config
  const named = isIP(host) ? {} : { servername: host }
  return connect({ host, port, ...named, ...(await readClientTls(config)), minVersion: 'TLSv1.2' })
}

/**
 * Sends all, lets it arrive, and then says goodbye. Who closes with something unread breaks the connection off (RFC 1122,
 * section 4.2.2.13), so that a goodbye in answer to ours means that all was read.
 */
const deliver = (socket: TLSSocket, bytes: string, began: number): Promise<void> =>
  new Promise((done, failed) => {
    let isGoodbye = false
    let isAnswered = false
    let isAgreed = false
    const notRead = () =>
      new NotTaken(isAgreed ? 'it closed before it had read all' : 'it closed before TLS was agreed on')
    socket.once('error', failed)
    socket.once('secureConnect', () => {
      isAgreed = true
      // A handshake takes two ways there and back at least.
      const arriving = performance.now() - began + leastArriving
      socket.write(bytes, () => setTimeout(() => socket.end(() => (isGoodbye = true)), arriving))
    })
    socket.once('end', () => {
      isAnswered = isGoodbye
      if (!isAnswered) failed(notRead())
    })
    socket.once('close', () => (isAnswered ? done() : failed(notRead())))
    socket.resume()
  })

/**
 * Syslog acknowledges nothing. But a peer that answers our close_notify with its own has read all that stood before it
 * (RFC 5425, section 4.4): so each batch is a connection, and counts as taken once that has ended in good order.
 */
export const toSyslog =
  (config: SyslogConfig): Send =>
  async (events, signal) => {
    const began = performance.now()
    const socket = await dialSyslog(config)
    const limit = deadline(patience, signal)
    const abort = (): void => void socket.destroy(new NotTaken('it took too long'))
    limit.addEventListener('abort', abort, { once: true })
    try {
      await deliver(socket, events.map(frameOf).join(''), began)
    } finally {
      limit.removeEventListener('abort', abort)
      socket.destroy()
    }
  }
