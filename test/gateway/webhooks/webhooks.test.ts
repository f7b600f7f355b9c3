import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createWebhooks, type Webhooks } from '../../../src/gateway/webhooks/webhooks.js'
import { webhookEvents } from '../../../src/policy/config/sections/webhooks.js'
import { HoopError } from '../../../src/lib/errors.js'

interface Received {
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

const quick = { attempts: 3, pause: 5, timeout: 300 }
const requested = {
  event: 'approval.requested',
  text: 'casey <casey@example.com> asks for ddl & more',
  fields: { Request: 'apr_1', Rule: 'ddl', Reason: undefined },
} as const

/** A receiver that answers each request in turn; the last answer holds from then on. */
const receiver = async (...answers: readonly (number | 'silence')[]) => {
  const received: Received[] = []
  let calls = 0
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const answer = answers[Math.min(calls++, answers.length - 1)] ?? 200
      received.push({ headers: request.headers, body })
      if (answer !== 'silence') response.writeHead(answer).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    received,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

const logged: string[] = []
const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) })

const webhooksTo = (url: string, more: object = {}): Webhooks =>
  createWebhooks({
    hooks: [{ url, events: [...webhookEvents], ...more }],
    secret: async () => 'open sesame',
    log,
    patience: quick,
  })

test('an event arrives signed, with the time in the signature, and reads well in Slack', async () => {
  await using to = await receiver(200)
  await using webhooks = webhooksTo(to.url, { secret: { env: 'HOOK_SECRET' } })
  webhooks.emit(requested)
  await expect.poll(() => to.received.length).toBe(1)
  const { headers, body } = to.received[0]!
  const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['hoop-signature'])) ?? []
  expect(signature).toBe(createHmac('sha256', 'open sesame').update(`${time}.${body}`).digest('hex'))
  expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(10)
  expect(JSON.parse(body)).toMatchObject({
    text: 'casey &lt;casey@example.com&gt; asks for ddl &amp; more',
    event: 'approval.requested',
    data: { Request: 'apr_1', Rule: 'ddl' },
    attachments: [{ fields: [{ title: 'Request', value: 'apr_1', short: true }, { title: 'Rule' }] }],
  })
})

test('a receiver that fails is asked again, and hears every event in order', async () => {
  await using to = await receiver(500, 503, 200)
  await using webhooks = webhooksTo(to.url)
  for (const text of ['one', 'two']) webhooks.emit({ event: 'alert', text, fields: {} })
  await expect.poll(() => to.received.length).toBe(4)
  expect(to.received.map(({ body }) => (JSON.parse(body) as { text: string }).text)).toEqual([
    'one',
    'one',
    'one',
    'two',
  ])
  expect(to.received[0]?.headers['hoop-signature']).toBeUndefined()
})

test('what a receiver refuses is not sent again', async () => {
  await using to = await receiver(410)
  await using webhooks = webhooksTo(to.url)
  webhooks.emit(requested)
  await expect.poll(() => logged.some((line) => line.includes('it answered 410'))).toBe(true)
  await sleep(50)
  expect(to.received).toHaveLength(1)
})

test('a receiver that never answers, or is not there, holds up nobody and is given up', async () => {
  await using silent = await receiver('silence')
  await using good = await receiver(200)
  await using webhooks = createWebhooks({
    hooks: [
      { url: silent.url, events: ['alert'] },
      { url: 'http://127.0.0.1:1/', events: ['alert'] },
      { url: good.url, events: ['alert'] },
      { url: good.url, events: ['approval.expired'] },
    ],
    secret: async () => '',
    log,
    patience: quick,
  })
  webhooks.emit({ event: 'alert', text: 'now', fields: {} })
  // It returns before anybody was called.
  expect([silent.received, good.received]).toEqual([[], []])
  await expect.poll(() => good.received.length).toBe(1)
  await expect.poll(() => logged.join(''), { timeout: 5000 }).toMatch(/"webhook":1,"why":"ECONNREFUSED"/)
  await expect.poll(() => logged.join(''), { timeout: 5000 }).toMatch(/"webhook":0,"why":"TimeoutError"/)
})

test('an address that is a secret is read when it is used, and not logged', async () => {
  await using to = await receiver(200)
  await using webhooks = createWebhooks({
    hooks: [
      { url: { env: 'HOOK_URL' }, events: ['alert'] },
      { url: { env: 'GONE' }, events: ['alert'] },
    ],
    secret: async (spec) => {
      if ('env' in spec && spec.env === 'GONE')
        throw new HoopError('SECRET_MISSING', 'environment variable GONE is not set')
      return to.url
    },
    log,
    patience: quick,
  })
  webhooks.emit({ event: 'alert', text: 'now', fields: {} })
  await expect.poll(() => to.received.length).toBe(1)
  await expect.poll(() => logged.join('')).toContain('GONE is not set')
  expect(logged.join('')).not.toContain('/hook')
})

test('an alert is not lost among hundreds of requests that a slow receiver does not take', async () => {
  await using slow = await receiver('silence', 200)
  const webhooks = webhooksTo(slow.url)
  webhooks.emit(requested)
  webhooks.emit({ event: 'alert', text: 'the glass was broken', fields: {} })
  for (let i = 0; i < 600; i++) webhooks.emit(requested)
  await expect.poll(() => slow.received.some(({ body }) => body.includes('the glass was broken'))).toBe(true)
  await webhooks[Symbol.asyncDispose]()
})

test('what reaches nobody is counted, once for each event', async () => {
  await using hook = await receiver(500)
  let undelivered = 0
  const webhooks = createWebhooks({
    hooks: [{ url: hook.url, events: [...webhookEvents] }],
    ...{ secret: async () => '', log, patience: quick, undelivered: () => undelivered++ },
  })
  webhooks.emit(requested)
  webhooks.emit(requested)
  await expect.poll(() => undelivered, { timeout: 60_000 }).toBe(2)
  expect(hook.received).toHaveLength(2 * quick.attempts)
  await webhooks[Symbol.asyncDispose]()
})
