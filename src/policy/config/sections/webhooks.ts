import { z } from 'zod'

const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

const isSecret = (text: string): boolean => /^(?:env|file):./s.test(text)

/** Whether requests may go there: https, or http on this machine. */
export const isWebhookAddress = (text: string): boolean => {
  const url = URL.parse(text)
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname))
}

export const webhookEvents = ['approval.requested', 'approval.decided', 'approval.expired', 'alert'] as const

/** Somebody else's address that hears of what happens. */
export const webhook = z.strictObject({
  /** An address can be a secret itself: chat services put their key into it. */
  url: z
    .string()
    .refine(
      (text) => isSecret(text) || isWebhookAddress(text),
      'an https:// address (http:// only on localhost), env:NAME or file:PATH',
    ),
  /** Signs each request; without it there is no signature. */
  secret: z.string().refine(isSecret, 'env:NAME or file:PATH').optional(),
  events: z
    .array(z.enum(webhookEvents))
    .min(1)
    .default([...webhookEvents]),
})

export type WebhookConfig = z.output<typeof webhook>
