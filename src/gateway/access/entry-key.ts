import { contentHash } from '../../policy/config/canonical.js'
import type { ConnectionView } from './view.js'

/** What an entry of a connection is remembered by: with those before it, since the first that fits holds. */
export const entryKey = (connection: string, access: ConnectionView['access'], index: number): string =>
  `${connection}:${contentHash(access.slice(0, index + 1))}`

/** Those of all connections. */
export const entryKeys = (connections: Readonly<Record<string, Pick<ConnectionView, 'access'>>>): string[] =>
  Object.entries(connections).flatMap(([name, { access }]) => access.map((_, index) => entryKey(name, access, index)))
