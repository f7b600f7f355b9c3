import { plain } from '../text.js'

/** An event of `hoop connect`, as far as words need it. */
interface Told {
  readonly event: string
  readonly name: string
  readonly message?: string
  readonly hint?: string
  readonly expiresAt?: string
  readonly port?: number
  readonly usual?: number
}

const words: Readonly<Record<string, (told: Told) => string>> = {
  refused: ({ name, message = '', hint = '' }) => `${name}: a client was refused: ${message}${hint && ` (${hint})`}`,
  renewal_failed: ({ name, message = '', expiresAt = '' }) =>
    `${name}: the grant could not be renewed: ${message}. Sessions end at ${new Date(expiresAt).toLocaleTimeString()}.`,
  port_changed: ({ name, port, usual }) => `${name}: its usual port ${usual} is in use; it has ${port} this time.`,
}

/** What a person should know of an event, or undefined: sessions coming and going, and renewals, are silent. */
export const connectWords = (told: Told): string | undefined => {
  const text = words[told.event]?.(told)
  return text === undefined ? undefined : plain(text)
}
