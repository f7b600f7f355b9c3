import { Agent } from 'undici'
import type { EventTargetConfig } from '../../../policy/config/sections/events.js'
import type { SecretSpec } from '../../../policy/config/sections/secret.js'
import { NotTaken, post } from '../../webhooks/delivery.js'
import type { Send } from '../target.js'
import { readClientTls } from './client-tls.js'

/** For one request, milliseconds. */
const patience = 15_000

type WebhookConfig = NonNullable<EventTargetConfig['webhook']>

/**
 * Posts `{ "events": […] }`, signed as the other webhooks are. Taken is what is answered with 2xx; anything else comes
 * again, since nothing may be left out.
 * @param secret the value of a secret. @throws {HoopError} SECRET_MISSING
 */
export const toWebhook = (config: WebhookConfig, secret: (spec: SecretSpec) => Promise<string>): Send => {
  const { url, secret: key } = config
  const receiver = {
    url: async () => (typeof url === 'string' ? url : secret(url)),
    secret: async () => key && secret(key),
  }
  return async (events, signal) => {
    const connect = await readClientTls(config)
    const agent = new Agent({ connect })
    try {
      const status = await post(receiver, JSON.stringify({ events }), patience, signal, agent)
      if (status < 200 || status > 299)
        throw new NotTaken(
          `it answered ${status}${status >= 300 && status < 400 ? ', and redirects are not followed' : ''}`,
        )
    } finally {
      await agent.destroy()
    }
  }
}
