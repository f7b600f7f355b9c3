import { randomUUID } from 'node:crypto'
import { bad, ScimError } from '../../identity/scim/error.js'
import type { Filter } from '../../identity/scim/filter.js'
import { demanded, matches, type Resource } from '../../identity/scim/match.js'
import { patched } from '../../identity/scim/patch.js'
import { assertComplete, readResource } from '../../identity/scim/resource.js'
import { groupAttributes, urn } from '../../identity/scim/schema.js'
import type { ActName } from '../../lib/api/acts.js'
import { putScimGroup, removeScimGroup, type ScimGroup, scimGroups } from '../../store/scim/groups.js'
import { metaOf, scimActor, type ScimKind, type Shared } from './shared.js'

interface Member {
  readonly value?: string
  readonly type?: string
}

/** How many members an act names; more are counted. */
const named = 100

/** Groups as the directory sees them. */
export class ScimGroups implements ScimKind {
  readonly #shared: Shared

  constructor(shared: Shared) {
    this.#shared = shared
  }

  async list(filter: Filter | undefined): Promise<Resource[]> {
    const by = filter && { displayName: demanded(filter, 'displayName') }
    const all = (await scimGroups(this.#shared.db, by)).map((group) => this.#shown(group))
    return filter ? all.filter((one) => matches(filter, one, groupAttributes)) : all
  }

  async find(id: string): Promise<Resource> {
    return this.#shown(await this.#stored(id))
  }

  create(body: unknown): Promise<Resource> {
    return this.#shared.inTurn(async () => {
      const now = Date.now()
      const made = this.#made(readResource(body, groupAttributes), { id: randomUUID(), createdAt: now }, now)
      return this.#save('scim.group.add', made)
    })
  }

  replace(id: string, body: unknown): Promise<Resource> {
    return this.#change(id, () => readResource(body, groupAttributes))
  }

  patch(id: string, body: unknown): Promise<Resource> {
    return this.#change(id, (before) => patched(before, groupAttributes, body))
  }

  remove(id: string): Promise<void> {
    return this.#shared.inTurn(async () => {
      const { db, directory, write, regrouped } = this.#shared
      const group = await this.#stored(id)
      await db.transaction().execute(async (transaction) => {
        await removeScimGroup(transaction, id)
        const before = { displayName: group.displayName, members: group.members.length }
        await write({ act: 'scim.group.remove', by: scimActor, target: id, before }, transaction)
      })
      directory.removeGroup(id)
      await regrouped()
    })
  }

  #change(id: string, how: (before: Resource) => Resource): Promise<Resource> {
    return this.#shared.inTurn(async () => {
      const before = await this.#stored(id)
      const { displayName, externalId, members } = before
      const known = { displayName, ...(externalId !== undefined && { externalId }) }
      const resource = how({ ...known, ...(members.length > 0 && { members: members.map((value) => ({ value })) }) })
      assertComplete(resource, groupAttributes)
      return this.#save('scim.group.change', this.#made(resource, before, Date.now()), before)
    })
  }

  /** @throws {ScimError} invalidValue for a member that is no user */
  #made(resource: Resource, { id, createdAt }: Pick<ScimGroup, 'id' | 'createdAt'>, now: number): ScimGroup {
    const {
      displayName,
      externalId,
      members = [],
    } = resource as {
      displayName: string
      externalId?: string
      members?: readonly Member[]
    }
    const users = members.map(({ value = '', type }) => {
      if (type !== undefined && type.toLowerCase() !== 'user')
        throw bad('invalidValue', 'groups have users as members, and no groups')
      if (!this.#shared.directory.has(value)) throw bad('invalidValue', `there is no user ${value}`)
      return value
    })
    const known = { id, createdAt, changedAt: now, displayName, members: [...new Set(users)] }
    return { ...known, ...(externalId !== undefined && { externalId }) }
  }

  async #save(act: ActName, group: ScimGroup, before?: ScimGroup): Promise<Resource> {
    const { db, directory, write, regrouped } = this.#shared
    const { id, displayName, members } = group
    // `access` in hoop.yaml goes by names: two groups of one would be one.
    if ((await scimGroups(db, { displayName })).some((other) => other.id !== id))
      throw new ScimError(409, `there is a group ${displayName} already`, 'uniqueness')
    const [were, are] = [new Set(before?.members), new Set(members)]
    const [added, removed] = [members.filter((id) => !were.has(id)), [...were].filter((id) => !are.has(id))]
    await db.transaction().execute(async (transaction) => {
      await putScimGroup(transaction, group)
      const what = {
        ...(before && { before: { displayName: before.displayName, removed: removed.slice(0, named) } }),
        after: { displayName, added: added.slice(0, named), members: members.length },
      }
      await write({ act, by: scimActor, target: id, ...what }, transaction)
    })
    directory.putGroup(group)
    await regrouped()
    return this.#shown(group)
  }

  /** @throws {ScimError} 404 */
  async #stored(id: string): Promise<ScimGroup> {
    const [found] = await scimGroups(this.#shared.db, { id })
    if (!found) throw new ScimError(404, `there is no group ${id}`)
    return found
  }

  #shown(group: ScimGroup): Resource {
    const { location } = this.#shared
    const { id, displayName, externalId, members } = group
    return {
      schemas: [urn.group],
      ...{ id, displayName },
      ...(externalId !== undefined && { externalId }),
      members: members.map((value) => ({ value, type: 'User', $ref: location('Users', value) })),
      meta: metaOf('Group', group, location('Groups', id)),
    }
  }
}
