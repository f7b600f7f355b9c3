import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { toSyslog } from '../../../src/gateway/events/sending/syslog.js'
import { toWebhook } from '../../../src/gateway/events/sending/webhook.js'
import { reasonOf } from '../../../src/gateway/webhooks/delivery.js'

const { signal } = new AbortController()
const failureOf = (sent: Promise<unknown>): Promise<string> => sent.then(() => 'taken', reasonOf)

test('a log line says what a receiver answered, or where it broke off, and never just “Error”', async () => {
  const web = createServer((_, answer) => answer.writeHead(307, { location: 'https://elsewhere.example/' }).end())
  const ends = (socket: Socket): void => void socket.once('data', () => socket.end())
  const tcp = createTcp(ends)
  for (const server of [web, tcp]) await once(server.listen(0, '127.0.0.1'), 'listening')
  const portOf = (server: typeof web | typeof tcp): number => (server.address() as AddressInfo).port
  try {
    const webhook = toWebhook({ url: `http://127.0.0.1:${portOf(web)}/` }, () => Promise.reject(new Error()))
    expect(await failureOf(webhook([], signal))).toBe('it answered 307, and redirects are not followed')
    const syslog = toSyslog({ host: '127.0.0.1', port: portOf(tcp) })
    expect(await failureOf(syslog([], signal))).toMatch(/^it closed before TLS was agreed on$|^E[A-Z]+$/)
  } finally {
    web.close()
    tcp.close()
  }
})
