import type { ConnectionInfo, Me } from '../../lib/api.js'
import { HoopError } from '../../lib/errors.js'
import type { Principal } from '../../identity/types.js'
import type { AccessView, ConnectionView, PolicyView } from './view.js'

export type Person = Pick<Principal, 'subject' | 'email' | 'groups' | 'workload'>

/** What one person may do with one connection. */
export interface Access {
  readonly connection: ConnectionView
  /** Name of the policy. */
  readonly policy: string
  /** Whether masked columns are shown in the clear. */
  readonly clear: boolean
  /** Whether this person may break the glass. */
  readonly breakGlass: boolean
}

const shares = (groups: readonly string[], others: readonly string[] = []) =>
  others.some((group) => groups.includes(group))

/** By the subject, or by an e-mail address that the provider vouches for. */
const isNamed = ({ subject, email }: Person, people: readonly string[] = []) =>
  people.some((name) => name === subject || name.toLowerCase() === email?.toLowerCase())

/** Of a workload its trust decides alone: what it is called, and its groups, would be its issuer's word about people. */
const fits = (person: Person, { groups, people, workloads = [] }: ConnectionView['access'][number]): boolean =>
  person.workload ? workloads.includes(person.workload.trust) : shares(person.groups, groups) || isNamed(person, people)

const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

/** What the person may do with a connection: the first entry that fits holds; a policy that isn't there gives nothing. */
export const accessOf = (
  view: AccessView,
  person: Person,
  name: string,
): (Access & { terms: PolicyView }) | undefined => {
  const connection = own(view.connections, name)
  const entry = connection?.access.find((each) => fits(person, each))
  const terms = entry && own(view.policies, entry.policy)
  if (!connection || !entry || !terms) return undefined
  return {
    connection,
    policy: entry.policy,
    clear: shares(person.groups, terms.clearFor),
    breakGlass: shares(person.groups, terms.breakGlass),
    terms,
  }
}

/**
 * @throws {HoopError} ACCESS_DENIED, the same for a connection that isn't there: what exists is nobody's business who
 * may not use it
 */
export const accessTo = (view: AccessView, person: Person, name: string): Access => {
  const access = accessOf(view, person, name)
  if (!access) throw new HoopError('ACCESS_DENIED', `connection ${name}`)
  return access
}

/** What the person is told about the connection. @throws {HoopError} ACCESS_DENIED */
export const connectionInfo = (view: AccessView, person: Person, name: string): ConnectionInfo => {
  const { connection, policy, clear } = accessTo(view, person, name)
  const { masks = [], rules = [] } = own(view.policies, policy) ?? {}
  const { description, databases } = connection
  return {
    name,
    ...(description !== undefined && { description }),
    policy,
    database: databases[0],
    databases: [...databases],
    masks: [...masks],
    rules: [...rules],
    clear,
  }
}

/** All that the person may use, by name. */
export const connectionsOf = (view: AccessView, person: Person): ConnectionInfo[] =>
  Object.keys(view.connections)
    .filter((name) => accessOf(view, person, name))
    .toSorted()
    .map((name) => connectionInfo(view, person, name))

export const rolesOf = (view: AccessView, { groups }: Pick<Person, 'groups'>): Me['roles'] => [
  ...(shares(groups, view.admins) ? (['admin'] as const) : []),
  ...(shares(groups, view.auditors) ? (['auditor'] as const) : []),
]

/** @throws {HoopError} ACCESS_DENIED without one of the roles */
export const demandRole = (view: AccessView, person: Pick<Person, 'groups'>, ...roles: Me['roles']): void => {
  if (!rolesOf(view, person).some((role) => roles.includes(role)))
    throw new HoopError('ACCESS_DENIED', `this takes the role ${roles.join(' or ')}`, {
      hint: 'Ask an administrator of the gateway.',
    })
}
