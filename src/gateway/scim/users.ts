import { randomUUID } from 'node:crypto'
import { ScimError } from '../../identity/scim/error.js'
import type { Filter } from '../../identity/scim/filter.js'
import { demanded, matches, type Resource } from '../../identity/scim/match.js'
import { patched } from '../../identity/scim/patch.js'
import { assertComplete, readResource } from '../../identity/scim/resource.js'
import { urn, userAttributes } from '../../identity/scim/schema.js'
import { keyOf } from '../../identity/scim/directory.js'
import type { ActName } from '../../lib/api/acts.js'
import { putScimUser, type ScimUser, scimUser, scimUsers } from '../../store/scim/users.js'
import { metaOf, scimActor, type ScimKind, type Shared } from './shared.js'
import type { ShutOut } from './shut-out.js'

type Email = { readonly value?: string; readonly type?: string; readonly primary?: boolean }

/** The primary address, or else the one of work, or else the first. */
const emailOf = ({ emails = [] }: { readonly emails?: readonly Email[] }): string | undefined =>
  (
    emails.find(({ primary }) => primary === true) ??
    emails.find(({ type }) => type?.toLowerCase() === 'work') ??
    emails[0]
  )?.value || undefined

/** Users as the directory sees them. */
export class ScimUsers implements ScimKind {
  readonly #shared: Shared
  readonly #effects: ShutOut

  constructor(shared: Shared, effects: ShutOut) {
    this.#shared = shared
    this.#effects = effects
  }

  async list(filter: Filter | undefined): Promise<Resource[]> {
    const by = filter && { userName: demanded(filter, 'userName'), externalId: demanded(filter, 'externalId') }
    const all = (await scimUsers(this.#shared.db, by)).map((user) => this.#shown(user))
    return filter ? all.filter((one) => matches(filter, one, userAttributes)) : all
  }

  async find(id: string): Promise<Resource> {
    return this.#shown(await this.#stored(id))
  }

  create(body: unknown): Promise<Resource> {
    return this.#shared.inTurn(async () => {
      const now = Date.now()
      const base = { id: randomUUID(), createdAt: now }
      return this.#save('scim.user.add', this.#made(readResource(body, userAttributes), base, now))
    })
  }

  replace(id: string, body: unknown): Promise<Resource> {
    return this.#change(id, () => readResource(body, userAttributes))
  }

  patch(id: string, body: unknown): Promise<Resource> {
    return this.#change(id, ({ resource }) => patched(resource, userAttributes, body))
  }

  remove(id: string): Promise<void> {
    return this.#shared.inTurn(async () => {
      const now = Date.now()
      const gone = { active: false, changedAt: now, deactivatedAt: now, deletedAt: now }
      await this.#save('scim.user.remove', { ...(await this.#stored(id)), ...gone })
    })
  }

  #change(id: string, how: (before: ScimUser) => Resource): Promise<Resource> {
    return this.#shared.inTurn(async () => {
      const before = await this.#stored(id)
      const resource = how(before)
      assertComplete(resource, userAttributes)
      return this.#save('scim.user.change', this.#made(resource, before, Date.now()), before)
    })
  }

  /** What isn't said of being active stays as it was: nobody is let in by what is left out. */
  #made(resource: Resource, before: Partial<ScimUser> & Pick<ScimUser, 'id' | 'createdAt'>, now: number): ScimUser {
    const active = (resource['active'] as boolean | undefined) ?? before.active ?? true
    const { userName, externalId } = resource as { userName: string; externalId?: string }
    const email = emailOf(resource)
    return {
      ...{ id: before.id, createdAt: before.createdAt, changedAt: now, userName, active },
      ...(externalId !== undefined && { externalId }),
      ...(email !== undefined && { email }),
      resource: { ...resource, active },
      ...(!active && { deactivatedAt: before.active === false ? (before.deactivatedAt ?? now) : now }),
    }
  }

  async #save(act: ActName, user: ScimUser, before?: ScimUser): Promise<Resource> {
    const { db, directory, write, settings, regrouped } = this.#shared
    const isGone = user.deletedAt !== undefined
    if (!isGone) await this.#assertUnique(user)
    const subject = settings().matching === 'email' ? undefined : keyOf(user, settings().matching)
    const kept = db.transaction().execute(async (transaction) => {
      await putScimUser(transaction, user)
      const told = ({ userName, active }: ScimUser) => ({ userName, active })
      const what = { before: before && told(before), ...(!isGone && { after: told(user) }) }
      await write({ act, by: scimActor, target: user.id, subject, ...what }, transaction)
    })
    if (user.active) {
      await kept
      directory.put(user)
      await this.#effects.letIn(user)
    } else {
      // In force whatever becomes of the store.
      directory.put(user)
      await Promise.all([kept, this.#effects.shutOut(user)])
    }
    await regrouped()
    return this.#shown(user)
  }

  /** @throws {ScimError} uniqueness */
  async #assertUnique(user: ScimUser): Promise<void> {
    const { db, directory, settings } = this.#shared
    const { matching } = settings()
    const named = await scimUsers(db, { userName: user.userName })
    if (named.some(({ id }) => id !== user.id))
      throw new ScimError(409, `there is a user ${user.userName} already`, 'uniqueness')
    if (directory.isTaken(user, matching))
      throw new ScimError(
        409,
        `there is a user with this ${matching} already, and people are matched by it`,
        'uniqueness',
      )
  }

  /** @throws {ScimError} 404 */
  async #stored(id: string): Promise<ScimUser> {
    const found = await scimUser(this.#shared.db, id)
    if (!found) throw new ScimError(404, `there is no user ${id}`)
    return found
  }

  #shown(user: ScimUser): Resource {
    const { directory, location } = this.#shared
    const groups = directory
      .groupIds(user.id)
      .map((value) => ({ value, display: directory.nameOf(value), $ref: location('Groups', value) }))
    return {
      schemas: [urn.user, ...(user.resource[urn.enterprise] === undefined ? [] : [urn.enterprise])],
      id: user.id,
      ...user.resource,
      ...(groups.length > 0 && { groups }),
      meta: metaOf('User', user, location('Users', user.id)),
    }
  }
}
