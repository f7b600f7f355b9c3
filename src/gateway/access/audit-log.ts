import type { Logger } from 'pino'
import type { Actor } from '../../lib/api.js'

/** What somebody did to somebody else's access or sessions, or to the gateway's keys. */
export type AdministratorAct = { readonly by: Actor; readonly reason?: string } & (
  | { readonly act: 'session.kill'; readonly session: string; readonly subject: string }
  | { readonly act: 'grant.revoke'; readonly grant: string; readonly subject: string }
  | { readonly act: 'person.revoke'; readonly subject: string; readonly until?: string }
  | { readonly act: 'person.restore'; readonly subject: string }
  /** By somebody on the gateway's machine. `target` is the id of the new key, or its version. */
  | { readonly act: 'keys.rotate'; readonly keys: 'signing' | 'masking'; readonly target: string }
)

/** Where administrative acts are written down. All of them pass here, before they are done. */
export type WriteAudit = (act: AdministratorAct) => void

export const auditLog =
  (log: Logger): WriteAudit =>
  ({ by, ...act }) =>
    log.info({ ...act, by: by.subject, byName: by.name }, 'administrative act')
