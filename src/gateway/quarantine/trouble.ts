import type { Unavailable } from '../../lib/api.js'
import { type ErrorCode, HoopError } from '../../lib/errors.js'
import { forClients } from '../../lib/readers.js'

/** What keeps sessions out of one database of a connection. */
export interface Trouble {
  readonly database: string
  /** Name of the policy that can't be applied; absent where nobody can be let in. */
  readonly policy?: string
  /** User of the database whose people are kept out; absent where it is the connection's own. */
  readonly login?: string
  /** In an operator's words: paths, user names and the server's own words may be in it. */
  readonly error: HoopError
}

/** What somebody who may use the connection is told; nothing where nothing is in the way. */
export const unavailableBy = (troubles: readonly Trouble[]): { unavailable?: readonly Unavailable[] } => {
  const unavailable = troubles.map(({ database, error }) => {
    const { code, message } = forClients(error)
    return { database, code, reason: message }
  })
  return unavailable.length > 0 ? { unavailable } : {}
}

/** Errors that a session meets on its way to the database, and that others would meet as well. */
const shared = new Set<ErrorCode>([
  'ROLE_UNUSABLE',
  'SECRET_MISSING',
  'UPSTREAM_LOGIN',
  'UPSTREAM_TLS',
  'UPSTREAM_UNREACHABLE',
])

export const isShared = (error: unknown): boolean => error instanceof HoopError && shared.has(error.code)

/** The same as long as nothing has changed: what is said once is said by this. */
export const stateOf = (troubles: readonly Trouble[]): string =>
  troubles
    .map(({ database, policy = '', error }) => JSON.stringify([database, policy, error.code]))
    .toSorted()
    .join()
