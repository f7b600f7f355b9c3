import { createHmac, randomUUID } from 'node:crypto'
import type { webhookEvents } from '../../policy/config/sections/webhooks.js'

export type WebhookEventName = (typeof webhookEvents)[number]

/** Something that others are told of. No statement and no value goes in: where it goes, everybody in a channel reads it. */
export interface WebhookEvent {
  readonly event: WebhookEventName
  /** An alert of a kind of its own, to those who get events. */
  readonly topic?: 'quarantine'
  /** It is in the ledger already. */
  readonly isEntered?: true
  /** One sentence for people. */
  readonly text: string
  /** What a program, or a person who wants more, needs of it. */
  readonly fields: Readonly<Record<string, string | number | undefined>>
}

/** Slack reads these three as markup; a name must not become a link or a mention. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/**
 * The body of a request: `text` and `attachments` as Slack's incoming webhooks (and what imitates them) show them, and
 * the same as `event`, `id`, `time` and `data` for programs.
 */
export const bodyOf = ({ event, text, fields }: WebhookEvent, now = new Date(), id: string = randomUUID()): string => {
  const known = Object.entries(fields).filter((entry): entry is [string, string | number] => entry[1] !== undefined)
  return JSON.stringify({
    text: escaped(text),
    attachments: [
      {
        fallback: escaped(text),
        fields: known.map(([title, value]) => ({
          title,
          value: escaped(String(value)),
          short: String(value).length < 40,
        })),
      },
    ],
    event,
    id,
    time: now.toISOString(),
    data: Object.fromEntries(known),
  })
}

/**
 * The `Hoop-Signature` header: `t=<seconds since 1970>,v1=<HMAC-SHA256 of "t.body", hex>`. The time is signed along, so
 * that a receiver can refuse what is old.
 */
export const signatureOf = (body: string, secret: string, now = Date.now()): string => {
  const time = Math.floor(now / 1000)
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`
}
