import { isIP } from 'node:net'
import { z } from 'zod'
import { httpLimits } from './http-limits.js'
import { duration, size } from './quantities.js'
import { rates } from './rates.js'
import { eventTarget } from './events.js'
import { ledger } from './ledger.js'
import { retention } from './retention.js'
import { secretSpec } from './secret.js'
import { durationOrOff } from './session-times.js'
import { store } from './store.js'
import { webhook } from './webhooks.js'

export const isNetwork = (text: string): boolean => {
  const [address = '', bits, ...more] = text.split('/')
  const family = isIP(address)
  if (family === 0 || address.includes('%') || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

const networks = z
  .array(z.string().refine(isNetwork, 'an address or a network such as 10.0.0.7, 10.0.0.0/8 or fd00::/8'))
  .max(100)
  .default([])

const httpsUrl = z
  .string()
  .refine((text) => URL.parse(text)?.protocol === 'https:', 'an https:// address')
  .refine((text) => !/[?#]/.test(text), 'an address without ? and #')

const listen = z
  .string()
  .refine(
    (text) => /^(?:\[[0-9a-fA-F:.]+\]|[^:\s]+):\d{1,5}$/.test(text) && Number(text.replace(/^.*:/, '')) < 65536,
    'host:port',
  )

/** Where a gateway listens unless told otherwise. */
export const defaultListen = '0.0.0.0:8443'

const path = z.string().min(1)

const limits = z.strictObject({
  /** Largest Query, Parse, Bind or FunctionCall message, bytes. */
  message: size.prefault('256MB'),
  /** Bytes of unfinished messages that all sessions together may hold. */
  buffered: size.prefault('512MB'),
  /** What one session may have given names to: prepared statements, portals and cursors. */
  names: z
    .strictObject({ count: z.number().int().min(1).max(10_000_000).default(10_000), bytes: size.prefault('32MB') })
    .prefault({}),
  /** Bytes of one transaction's messages that a session keeps, to play them again where the catalog has changed; 0: none. */
  replay: size.prefault('1MB'),
  /** Statements of one Query that is analysed. */
  statements_per_query: z.number().int().min(1).max(1_000_000).default(100_000),
  /** Texts over 64 KB, which a thread reads. */
  analysis: z
    .strictObject({
      /** What one may take. */
      time: duration.prefault('30s'),
      /** How many may wait for their turn, and how long they may be together. */
      waiting: z.number().int().min(1).max(10_000).default(100),
      bytes: size.prefault('256MB'),
    })
    .prefault({}),
  /** Live sessions of the gateway. */
  sessions: z.number().int().min(1).max(100_000).default(1000),
  /** Live sessions of one person. */
  sessions_per_person: z.number().int().min(1).max(100_000).default(100),
  /** Time for the client's connection request. */
  startup: duration.prefault('10s'),
  /** How long nothing may be heard on an agent's link before it counts as broken. */
  link: duration.prefault('30s'),
  /** Of sessions whose policy and connection say nothing of it. */
  idle: durationOrOff.prefault('off'),
  longest: durationOrOff.prefault('off'),
  rates: rates.prefault({}),
  http: httpLimits.prefault({}),
})

/** The process itself: where it listens, what it shows, where it keeps things. */
export const gatewaySection = z.strictObject({
  url: httpsUrl,
  listen: listen.default(defaultListen),
  tls: z.strictObject({ cert: path, key: path, ca: path.optional() }),
  store: store.prefault('sqlite:hoop.db'),
  /** Of the URL's user, and a client certificate with its key in PEM, where the store is on a server. */
  store_password: secretSpec.optional(),
  store_certificate: secretSpec.optional(),
  recordings: z
    .string()
    .regex(/^file:.+$/, 'file:FOLDER')
    .default('file:recordings'),
  /** How long recordings are kept. */
  retention: retention.prefault({}),
  /** The log that proves afterwards that nothing was altered. */
  ledger: ledger.prefault({}),
  /** How long live sessions get when the gateway is told to stop. */
  drain: duration.prefault('30s'),
  limits: limits.prefault({}),
  /** Reverse proxies whose `X-Forwarded-For` is believed. Nobody's is, unless they stand here. */
  trusted_proxies: networks,
  /** From where databases see gateways that use the same logins: nobody who comes from there goes around them. */
  addresses: networks,
  /** Where metrics are given out, over plain HTTP to whoever reaches it; nowhere unless said. */
  metrics: z.strictObject({ listen }).optional(),
  /** Who is told of requests for approval and of alerts. */
  webhooks: z.array(webhook).max(20).prefault([]),
  /** Other systems that get everything that happens, out of the ledger. */
  events: z
    .array(eventTarget)
    .max(10)
    .refine((targets) => new Set(targets.map(({ name }) => name)).size === targets.length, 'a name of its own for each')
    .refine((targets) => targets.filter(({ stdout }) => stdout).length < 2, 'stdout once')
    .prefault([]),
})

export type GatewayConfig = z.output<typeof gatewaySection>
