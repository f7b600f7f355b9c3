import { contentHash } from '../../policy/config/canonical.js'
import type { AccessEntry, ConnectionView } from './view.js'

/** What an entry of a connection is remembered by: with those before it, since the first that fits holds. */
export const entryKey = (connection: string, access: ConnectionView['access'], index: number): string =>
  `${connection}:${contentHash(access.slice(0, index + 1))}`

/**
 * What an entry is known by to access that was asked for by it: whom it lets in, to what, and who has to approve. Another
 * entry of the same policy may have other approvers, or lead to another user of the database; its time and its reason hold by themselves.
 */
export const askedBy = ({ groups, people, workloads, policy, request, login }: AccessEntry): string =>
  contentHash({ groups, people, workloads, policy, request, login: login?.user })

/** Those of all connections. */
export const entryKeys = (connections: Readonly<Record<string, Pick<ConnectionView, 'access'>>>): string[] =>
  Object.entries(connections).flatMap(([name, { access }]) => access.map((_, index) => entryKey(name, access, index)))
