import type { Actor } from '../api.js'

/**
 * Every act on somebody's access, and what it is called for people. Whoever adds one adds a line here: the store, the
 * API and `hoop audit acts` go by this table.
 */
export const acts = {
  'session.kill': 'ended a session',
  'grant.revoke': 'revoked a grant',
  'person.revoke': 'shut somebody out',
  'person.restore': 'let somebody in again',
  'login.end': 'ended a login',
  'approval.approve': 'approved a request',
  'approval.deny': 'denied a request',
  'standing.add': 'approved a statement for a while',
  'standing.revoke': 'took back a standing approval',
  'token.create': 'made a service token',
  'token.rotate': 'gave a service token a new secret',
  'token.revoke': 'revoked a service token',
  'keys.rotate': 'rotated keys of the gateway',
  'scim.user.add': 'provisioned a user',
  'scim.user.change': 'changed a provisioned user',
  'scim.user.remove': 'removed a provisioned user',
  'scim.group.add': 'provisioned a group',
  'scim.group.change': 'changed a provisioned group',
  'scim.group.remove': 'removed a provisioned group',
  'access.request': 'asked for access for a while',
  'access.approve': 'gave access for a while',
  'access.deny': 'denied access for a while',
  'access.revoke': 'took back access for a while',
  'access.end': 'ended access whose time was over',
  'hold.add': 'placed a legal hold',
  'hold.release': 'released a legal hold',
  'recording.erase': 'erased somebody’s recordings',
  'policy.reload': 'put a configuration in force',
} as const satisfies Record<string, string>

export type ActName = keyof typeof acts

/** What somebody did to somebody's access or sessions. */
export interface AdministratorAct {
  readonly act: ActName
  readonly by: Actor
  /** What it was done to, by its id: a session, a grant, a person's subject, a request. */
  readonly target: string
  /** Subject of the person whom it concerns, where it concerns one. */
  readonly subject?: string | undefined
  readonly reason?: string | undefined
  /** What of the target was so before, and is so now, where that says more than the act. Never a secret. */
  readonly before?: Readonly<Record<string, unknown>> | undefined
  readonly after?: Readonly<Record<string, unknown>> | undefined
}

/** `GET /v1/acts?since&until&person&act&limit&cursor` → `{ acts, cursor? }`, newest first; for admins and auditors. */
export interface Act extends AdministratorAct {
  /** Counts up, without gaps that anything could have been taken from. */
  readonly number: number
  readonly time: string
}

/** Who acts where nobody did. */
export const system: Actor = { subject: 'hoop:system', name: 'the gateway' }
