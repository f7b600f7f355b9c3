import type { ConnectionInfo, Me } from '../../lib/api.js'
import { HoopError } from '../../lib/errors.js'
import type { Principal } from '../../identity/types.js'
import type { AccessEntry, AccessView, ConnectionView, PolicyView } from './view.js'

export type Person = Pick<Principal, 'subject' | 'email' | 'groups' | 'owner' | 'token' | 'workload'>

/** What one person may do with one connection. */
export interface Access {
  readonly connection: ConnectionView
  /** Name of the policy. */
  readonly policy: string
  /** Whether masked columns are shown in the clear. */
  readonly clear: boolean
  /** Whether this person may break the glass. */
  readonly breakGlass: boolean
  readonly by: Fit
}

/** What gives it. */
export interface Fit {
  /** Index of the entry. */
  readonly entry: number
  /** The group that both have, or else the name under which the entry has the person. */
  readonly group?: string
  readonly person?: string
  /** The trust that a workload comes by. */
  readonly workload?: string
}

const shares = (groups: readonly string[], others: readonly string[] = []) =>
  others.some((group) => groups.includes(group))

/** By the subject, or by an e-mail address that the provider vouches for. */
const nameOf = ({ subject, email }: Person, people: readonly string[] = []) =>
  people.find((name) => name === subject || name.toLowerCase() === email?.toLowerCase())

/**
 * Whether an entry is for this person, and by what. Of a workload its trust decides alone: what it is called, and its groups,
 * would be its issuer's word about people.
 */
const fitOf = (person: Person, entry: AccessEntry, index: number): Fit | undefined => {
  if (person.workload) {
    const { trust } = person.workload
    return entry.workloads?.includes(trust) ? { entry: index, workload: trust } : undefined
  }
  const group = entry.groups?.find((one) => person.groups.includes(one))
  if (group !== undefined) return { entry: index, group }
  const name = nameOf(person, entry.people)
  return name === undefined ? undefined : { entry: index, person: name }
}

const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

type Found = (Access & { terms: PolicyView }) | undefined

/**
 * What the person may do with a connection: the first entry that fits holds; a policy that isn't there gives nothing. A service
 * token may do what its owner may, as far as it is for that, and neither see values in the clear nor break the glass.
 */
export const accessOf = (view: AccessView, person: Person, name: string): Found => {
  const { owner, token, groups } = person
  if (!owner && !token) return entryOf(view, person, name)
  const found = owner && entryOf(view, { ...owner, groups }, name)
  const isMeant = token?.scope.some(({ connection, policy }) => connection === name && policy === found?.policy)
  return found && isMeant ? { ...found, clear: false, breakGlass: false } : undefined
}

const entryOf = (view: AccessView, person: Person, name: string): Found => {
  const connection = own(view.connections, name)
  if (!connection) return undefined
  const by = connection.access.map((entry, index) => fitOf(person, entry, index)).find((fit) => fit !== undefined)
  const entry = by && connection.access[by.entry]
  const terms = entry && own(view.policies, entry.policy)
  if (!entry || !terms) return undefined
  return {
    connection,
    policy: entry.policy,
    clear: shares(person.groups, terms.clearFor),
    breakGlass: shares(person.groups, terms.breakGlass),
    by,
    terms,
  }
}

/**
 * @throws {HoopError} ACCESS_DENIED, of a service token TOKEN_SCOPE, the same for a connection that isn't there: what exists
 * is nobody's business who may not use it
 */
export const accessTo = (view: AccessView, person: Person, name: string): Access => {
  const access = accessOf(view, person, name)
  if (!access && person.owner) throw new HoopError('TOKEN_SCOPE', `connection ${name}`)
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

/** A service token has no role, whatever its owner's groups are. */
export const rolesOf = (view: AccessView, { groups, owner }: Pick<Person, 'groups' | 'owner'>): Me['roles'] => [
  ...(!owner && shares(groups, view.admins) ? (['admin'] as const) : []),
  ...(!owner && shares(groups, view.auditors) ? (['auditor'] as const) : []),
]

/** @throws {HoopError} ACCESS_DENIED without one of the roles */
export const demandRole = (view: AccessView, person: Pick<Person, 'groups' | 'owner'>, ...roles: Me['roles']): void => {
  if (!rolesOf(view, person).some((role) => roles.includes(role)))
    throw new HoopError('ACCESS_DENIED', `this takes the role ${roles.join(' or ')}`, {
      hint: 'Ask an administrator of the gateway.',
    })
}
