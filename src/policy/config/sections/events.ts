import { z } from 'zod'
import { isSecretWord, secretSpec } from './secret.js'
import { isWebhookAddress } from './webhooks.js'

/** What an event's kind begins with: targets choose by these. */
export const eventGroups = ['session', 'statement', 'act', 'read', 'quarantine', 'alert', 'service', 'ledger'] as const

const path = z.string().min(1)

/** Files of PEM. Without `ca`, what the system trusts. */
const clientTls = { ca: path.optional(), cert: path.optional(), key: path.optional() }

export interface ClientTls {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

const isPair = ({ cert, key }: ClientTls): boolean => (cert === undefined) === (key === undefined)
const pair = 'cert and key together'

const host = z.string().regex(/^[A-Za-z0-9_](?:[\w.-]*[A-Za-z0-9_])?$|^[0-9a-fA-F:.]+$/, 'a name or an address')

const address = 'an https:// address (http:// only on localhost), env:NAME, file:PATH or { exec: [command, …] }'

const targets = ['stdout', 'file', 'syslog', 'webhook'] as const

/** One other system that gets the events. */
export const eventTarget = z
  .strictObject({
    /** What it has taken is kept under this name. */
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'a name of small letters, digits and dashes'),
    /** Lines of JSON. */
    stdout: z.literal(true).optional(),
    file: path.optional(),
    /** RFC 5424 over TLS (RFC 5425). */
    syslog: z
      .strictObject({ host, port: z.number().int().min(1).max(65535).default(6514), ...clientTls })
      .refine(isPair, pair)
      .optional(),
    webhook: z
      .strictObject({
        /** An address can be a secret itself. */
        url: z.union(
          [z.string().refine((text) => !isSecretWord(text) && isWebhookAddress(text), address), secretSpec],
          { error: address },
        ),
        /** Signs each request; without it there is no signature. */
        secret: secretSpec.optional(),
        ...clientTls,
      })
      .refine(isPair, pair)
      .optional(),
    kinds: z
      .array(z.enum(eventGroups))
      .min(1)
      .default([...eventGroups]),
  })
  .refine((target) => targets.filter((each) => target[each] !== undefined).length === 1, `one of ${targets.join(', ')}`)

export type EventTargetConfig = z.output<typeof eventTarget>
