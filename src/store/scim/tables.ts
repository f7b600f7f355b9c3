import type { MaybeWhole, Whole } from '../whole.js'

/** Times are milliseconds since 1970. */
export interface ScimUsersTable {
  id: string
  user_name: string
  external_id: string | null
  /** The one that people are matched by, in small letters. */
  email: string | null
  active: Whole
  /** JSON: attributes as the directory gave them. */
  resource: string
  created_at: Whole
  changed_at: Whole
  /** Since when they are not active, or null. */
  deactivated_at: MaybeWhole
  /** A row stays behind who was deleted, since they stay shut out. */
  deleted_at: MaybeWhole
}

export interface ScimGroupsTable {
  id: string
  display_name: string
  external_id: string | null
  created_at: Whole
  changed_at: Whole
}

export interface ScimMembersTable {
  group_id: string
  user_id: string
}
