import { accessState } from '../api/access.js'
import { type Approval, type StatementMeaning, valid } from '../api/approvals.js'
import type { Parameter } from '../api/parameter.js'
import { exact, span } from './text.js'

/** How long is left, or what became of it. */
export const stateOf = (one: Approval, now = Date.now()): string => {
  const { state, expiresAt, votes, needed, access } = one
  if (state === 'approved' && access) return `active, ${span(Date.parse(expiresAt) - now)} left`
  if (state !== 'open') return access ? accessState(one) : state
  const count = needed > 1 ? `${valid(votes).length}/${needed}, ` : ''
  return `${count}${span(Date.parse(expiresAt) - now)} left`
}

/** As SQL writes it, as far as that can be; not yet made harmless. */
export const value = (parameter: Parameter): string =>
  parameter === null
    ? 'NULL'
    : typeof parameter === 'string'
      ? `'${parameter}'`
      : 'hex' in parameter
        ? `\\x${parameter.hex}`
        : `${parameter.cut}… (${parameter.bytes} bytes in all)`

/** `1 of dba and 2 of security` */
export const approversOf = ({ approvers, groups, needed }: Approval): string =>
  (approvers ?? [{ groups, count: needed }]).map((one) => `${one.count} of ${one.groups.join(', ')}`).join(' and ')

/** Requests for access are for no database of their own. */
export const whereOf = ({ connection, database, access }: Approval): string =>
  access ? `${connection}, policy ${access.policy}` : `${connection}, database ${database}`

/** `app_rw, role reader`: as whom the database runs it. */
export const databaseUser = (meaning: StatementMeaning | undefined): string | undefined =>
  meaning && exact(meaning.role === undefined ? meaning.user : `${meaning.user}, role ${meaning.role}`)

/** Where names without a schema are looked for, where that is not the usual path. */
export const searchPath = (meaning: StatementMeaning | undefined): string | undefined =>
  meaning?.searchPath === undefined ? undefined : exact(meaning.searchPath) || 'empty'

/** Whether somebody is held up by it. */
export const waits = ({ mode, state, access }: Approval): string | undefined => {
  if (access) return undefined
  if (mode !== 'wait') return 'no: it may be run again once approved'
  return state === 'open' ? 'the session is held' : 'no more'
}
