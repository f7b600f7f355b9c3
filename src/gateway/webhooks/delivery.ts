import { setTimeout as sleep } from 'node:timers/promises'
import { type Dispatcher, request } from 'undici'
import { deadline } from '../../lib/deadline.js'
import { HoopError } from '../../lib/errors.js'
import { isWebhookAddress } from '../../policy/config/sections/webhooks.js'
import { signatureOf } from './message.js'

export interface Receiver {
  /** Read at each attempt. @throws {HoopError} SECRET_MISSING */
  url(): Promise<string>
  /** @throws {HoopError} SECRET_MISSING */
  secret(): Promise<string | undefined>
}

export interface Patience {
  /** Attempts in all. */
  readonly attempts: number
  /** Milliseconds before the second attempt; twice as long before each further one. */
  readonly pause: number
  /** Milliseconds for one attempt. */
  readonly timeout: number
}

/** Half a minute in all, then it is given up: who decides on a request is waiting for it now. */
export const patience: Patience = { attempts: 6, pause: 1000, timeout: 5000 }

/** The receiver's own word that it will not take it, so that asking again is of no use. */
const isFinal = (status: number): boolean => status >= 400 && status < 500 && status !== 408 && status !== 429

/** Why a receiver has not taken something, in words of ours: they hold no address. */
export class NotTaken extends Error {}

/**
 * Sends one body once.
 * @param timeout milliseconds
 * @returns the status of the answer
 */
export const post = async (
  receiver: Receiver,
  body: string,
  timeout: number,
  signal: AbortSignal,
  dispatcher?: Dispatcher,
): Promise<number> => {
  const url = await receiver.url()
  if (!isWebhookAddress(url)) throw new NotTaken('its address is neither https:// nor http:// on localhost')
  const secret = await receiver.secret()
  const answer = await request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'hoop',
      ...(secret !== undefined && { 'hoop-signature': signatureOf(body, secret) }),
    },
    body,
    ...(dispatcher && { dispatcher }),
    signal: deadline(timeout, signal),
  })
  await answer.body.dump()
  return answer.statusCode
}

/** Errors of the network may hold the address, which can be a secret: only their code is repeated. */
export const reasonOf = (error: unknown): string => {
  if (error instanceof HoopError || error instanceof NotTaken) return error.message
  const { code, name } = error as NodeJS.ErrnoException
  return typeof code === 'string' ? code : name
}

/**
 * Sends one body until the receiver takes it (2xx), refuses it for good, or patience ends. Redirects are not followed.
 * @returns why it was not taken, or undefined
 */
export const deliver = async (
  receiver: Receiver,
  body: string,
  { attempts, pause, timeout }: Patience,
  signal: AbortSignal,
): Promise<string | undefined> => {
  let why = ''
  for (let n = 0; n < attempts && !signal.aborted; n++) {
    if (n > 0) await sleep(pause * 2 ** (n - 1), undefined, { signal, ref: false }).catch(() => undefined)
    try {
      const status = await post(receiver, body, timeout, signal)
      if (status >= 200 && status < 300) return undefined
      why = `it answered ${status}`
      if (isFinal(status)) return why
    } catch (error) {
      why = reasonOf(error)
    }
  }
  return why || 'the gateway stopped'
}
