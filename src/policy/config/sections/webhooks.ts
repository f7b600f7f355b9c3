import { z } from 'zod'
import { isSecretWord, secretSpec } from './secret.js'

const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Whether requests may go there: https, or http on this machine. */
export const isWebhookAddress = (text: string): boolean => {
  const url = URL.parse(text)
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname))
}

export const webhookEvents = ['approval.requested', 'approval.decided', 'approval.expired', 'alert'] as const

const expected = 'an https:// address (http:// only on localhost), env:NAME, file:PATH or { exec: [command, …] }'

const address = z.string().refine((text) => !isSecretWord(text) && isWebhookAddress(text), expected)

/** Somebody else's address that hears of what happens. */
export const webhook = z.strictObject({
  /** An address can be a secret itself: chat services put their key into it. */
  url: z.union([address, secretSpec], { error: expected }),
  /** Signs each request; without it there is no signature. */
  secret: secretSpec.optional(),
  events: z
    .array(z.enum(webhookEvents))
    .min(1)
    .default([...webhookEvents]),
})

export type WebhookConfig = z.output<typeof webhook>
