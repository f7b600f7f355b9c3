import type { Directory, Matching } from '../../identity/scim/directory.js'
import type { Filter } from '../../identity/scim/filter.js'
import type { Resource } from '../../identity/scim/match.js'
import type { Actor } from '../../lib/api.js'
import type { Config } from '../../policy/config/schema.js'
import type { Store } from '../../store/open.js'
import type { WriteAudit } from '../access/audit-log.js'

/** Who acts when the directory does. */
export const scimActor: Actor = { subject: 'hoop:scim', name: 'SCIM' }

export interface ScimSettings {
  readonly matching: Matching
  /** Whether the directory's groups stand in for the ID token's. */
  readonly groups: boolean
}

/** In force under a configuration; undefined where it has no SCIM. */
export const scimSettings = ({ identity: { scim } }: Pick<Config, 'identity'>): ScimSettings | undefined =>
  scim && { matching: scim.subject, groups: scim.groups }

/** What both kinds of resources need. */
export interface Shared {
  readonly db: Store['db']
  readonly directory: Directory
  readonly write: WriteAudit
  /** @throws {HoopError} NOT_FOUND where the configuration has no SCIM */
  readonly settings: () => ScimSettings
  /** Groups have changed: who has lost something by that loses it now. Never throws. */
  readonly regrouped: () => Promise<void>
  /** Changes follow one another. */
  readonly inTurn: <T>(change: () => Promise<T>) => Promise<T>
  /** Of a resource, for `meta.location`. */
  readonly location: (kind: 'Users' | 'Groups', id: string) => string
}

/** What the routes do with one kind of resources. All of it throws ScimError, and HoopError STORE_FAILED. */
export interface ScimKind {
  list(filter: Filter | undefined): Promise<Resource[]>
  find(id: string): Promise<Resource>
  create(body: unknown): Promise<Resource>
  replace(id: string, body: unknown): Promise<Resource>
  patch(id: string, body: unknown): Promise<Resource>
  remove(id: string): Promise<void>
}

export const metaOf = (
  resourceType: 'User' | 'Group',
  { createdAt, changedAt }: { readonly createdAt: number; readonly changedAt: number },
  location: string,
): Resource => ({
  resourceType,
  ...{ created: new Date(createdAt).toISOString(), lastModified: new Date(changedAt).toISOString(), location },
})
