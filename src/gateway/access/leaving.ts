import type { DenyList } from '../../identity/deny-list.js'
import type { Actor } from '../../lib/api.js'
import type { IdentityConfig } from '../../policy/config/schema.js'
import type { Logout } from '../../store/people/logouts.js'
import type { Control } from './control.js'

export interface LeavingOptions {
  readonly control: Pick<Control, 'revoke'>
  readonly denied: Pick<DenyList, 'isLasting'>
  /** In force now. */
  readonly ends: () => IdentityConfig['ends']
  /** Whose session at the provider that is, as far as is known. @throws {HoopError} STORE_FAILED */
  readonly subjectsOf: (sid: string) => Promise<readonly string[]>
}

/** The identity provider, as who did something here. */
export const provider: Actor = { subject: 'hoop:provider', name: 'identity provider' }

export const reasons = {
  logout: 'logged out at the identity provider',
  refused_refresh: 'the identity provider refused to renew the login',
} as const satisfies Record<keyof IdentityConfig['ends'], string>

/**
 * Where the configuration takes a logout, or a login that the provider refuses to refresh, for a person's leave: shuts them out
 * as a directory does. Who is shut out for good already stays so, by whom and for what they were.
 */
export class Leaving {
  readonly #options: LeavingOptions

  constructor(options: LeavingOptions) {
    this.#options = options
  }

  /** @throws {HoopError} STORE_FAILED: they are out even so, until the gateway is started anew */
  async loggedOut({ subject, sid }: Pick<Logout, 'subject' | 'sid'>): Promise<void> {
    if (this.#options.ends().logout !== 'everything') return
    const subjects = subject === undefined ? await this.#options.subjectsOf(sid ?? '') : [subject]
    await Promise.all(subjects.map((each) => this.#shutOut(each, 'logout')))
  }

  /** @throws {HoopError} STORE_FAILED: they are out even so, until the gateway is started anew */
  async refused(subject: string): Promise<void> {
    if (this.#options.ends().refused_refresh === 'everything') await this.#shutOut(subject, 'refused_refresh')
  }

  async #shutOut(subject: string, why: keyof typeof reasons): Promise<void> {
    const { control, denied } = this.#options
    if (!denied.isLasting(subject)) await control.revoke(subject, { by: provider, reason: reasons[why] })
  }
}
