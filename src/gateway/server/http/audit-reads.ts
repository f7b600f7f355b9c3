import type { Principal } from '../../../identity/types.js'
import type { HttpDeps } from './deps.js'

/** What can be read about what people did. */
export type AuditRead = 'statements' | 'exposure'

/**
 * Notes that somebody reads about what people did, and what they asked for, before they are answered. The text that they
 * look for may be one that no log is to have.
 */
export const noteAuditRead = (
  { log }: Pick<HttpDeps, 'log'>,
  { subject, name }: Pick<Principal, 'subject' | 'name'>,
  read: AuditRead,
  asked: { readonly person?: string; readonly text?: string },
): void => {
  const { text, ...rest } = asked
  log.info(
    { subject, name, read, asked: { ...rest, ...(text !== undefined && { text: '…' }) } },
    'somebody reads about what people did',
  )
}
