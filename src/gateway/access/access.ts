import type { ConnectionInfo, Me } from '../../lib/api.js'
import { emailKey } from '../../lib/email-key.js'
import { HoopError } from '../../lib/errors.js'
import type { Principal } from '../../identity/types.js'
import { askedBy } from './entry-key.js'
import { askCommand, outOfTime } from './terms.js'
import type { AccessEntry, GivenAccess, AccessView, ConnectionView, PolicyView } from './view.js'

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
  readonly entry: AccessEntry
  /** Of an access for a while. */
  readonly given?: GivenAccess
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
  people.find((name) => name === subject || (email !== undefined && emailKey(name) === emailKey(email)))

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

/** Whether an entry is for this person. */
export const fits = (person: Person, entry: AccessEntry): boolean => fitOf(person, entry, 0) !== undefined

const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

/** At which moment, and what for a while: now, and what is in force, unless told otherwise. */
export interface When {
  readonly now?: Date
  readonly given?: readonly GivenAccess[]
}

/** The entries that fit and give something at the moment: what was approved for a while first, then those that ask nobody. */
function* entriesFor(
  { access }: ConnectionView,
  person: Person,
  given: readonly GivenAccess[],
  now: Date,
): Generator<{ entry: AccessEntry; by: Fit; given?: GivenAccess }> {
  const open = access.flatMap((entry, index) => {
    const by = outOfTime(entry, now) === undefined ? fitOf(person, entry, index) : undefined
    return by ? [{ entry, by }] : []
  })
  for (const one of given)
    for (const fit of open) if (fit.entry.request && askedBy(fit.entry) === one.entry) yield { ...fit, given: one }
  yield* open.filter(({ entry }) => !entry.request)
}

type Found = (Access & { terms: PolicyView }) | undefined

/**
 * What the person may do with a connection: the first entry that fits and is in time holds, and one that was approved for
 * a while before the others; a policy that isn't there gives nothing. A service token may do what its owner may without
 * asking anybody, as far as it is for that, and neither see values in the clear nor break the glass.
 */
export const accessOf = (view: AccessView, person: Person, name: string, when: When = {}): Found => {
  const { owner, token, groups } = person
  if (!owner && !token) return entryOf(view, person, name, when)
  const found = owner && entryOf(view, { ...owner, groups }, name, { ...when, given: [] })
  const isMeant = token?.scope.some(({ connection, policy }) => connection === name && policy === found?.policy)
  return found && isMeant ? { ...found, clear: false, breakGlass: false } : undefined
}

const entryOf = (
  view: AccessView,
  person: Person,
  name: string,
  { now = new Date(), given = view.given?.(person.subject, name) ?? [] }: When,
): Found => {
  const connection = own(view.connections, name)
  const [first] = connection ? entriesFor(connection, person, given, now) : []
  const terms = first && own(view.policies, first.entry.policy)
  if (!connection || !first || !terms) return undefined
  return {
    connection,
    policy: first.entry.policy,
    clear: shares(person.groups, terms.clearFor),
    breakGlass: shares(person.groups, terms.breakGlass),
    ...first,
    terms,
  }
}

/**
 * @throws {HoopError} ACCESS_DENIED, of a service token TOKEN_SCOPE, the same for a connection that isn't there: what exists
 * is nobody's business who may not use it
 */
export const accessTo = (view: AccessView, person: Person, name: string, when: When = {}): Access => {
  const access = accessOf(view, person, name, when)
  if (!access && person.owner) throw new HoopError('TOKEN_SCOPE', `connection ${name}`)
  if (!access) throw denied(view, person, name, when)
  return access
}

/** Who might be let in is told what is in the way; for everybody else the connection isn't there. */
const denied = (view: AccessView, person: Person, name: string, { now = new Date() }: When): HoopError => {
  const theirs = (own(view.connections, name)?.access ?? []).filter((entry) => fits(person, entry))
  const askable = theirs.find((entry) => entry.request && outOfTime(entry, now) === undefined)
  const late = theirs.flatMap((entry) => outOfTime(entry, now) ?? [])[0]
  if (askable)
    return new HoopError('ACCESS_DENIED', `connection ${name}, without an approval`, {
      hint: `Ask for it: ${askCommand(name, askable)}`,
    })
  if (late !== undefined) return new HoopError('ACCESS_DENIED', `connection ${name}: ${late}`)
  return new HoopError('ACCESS_DENIED', `connection ${name}`, { hint: usableHint(view, person) })
}

/** Names that a hint lists at most: a mistyped one is seen among some. */
const listed = 10

/** What they may use instead: a name that is not there was most often meant to be one of these. */
const usableHint = (view: AccessView, person: Person): string => {
  const names = Object.keys(view.connections)
    .filter((other) => accessOf(view, person, other))
    .toSorted()
  if (names.length === 0) return 'There is no connection that you may use. Ask an administrator for access.'
  const shown = names.slice(0, listed).join(', ')
  const more = names.length > listed ? ` and ${names.length - listed} more (hoop connections)` : ''
  return `You may use: ${shown}${more}. Ask an administrator for access to others.`
}

/** The entry by which somebody may ask for a policy at this moment. @throws {HoopError} ACCESS_DENIED, NOT_FOUND */
export const askableEntry = (
  view: AccessView,
  person: Person,
  name: string,
  policy: string | undefined,
  now = new Date(),
): AccessEntry & { readonly request: NonNullable<AccessEntry['request']> } => {
  const theirs = (own(view.connections, name)?.access ?? []).filter((entry) => fits(person, entry))
  const asked = theirs.filter((entry) => entry.request && (policy === undefined || entry.policy === policy))
  const found = asked.find((entry) => outOfTime(entry, now) === undefined)
  const [several] = policy === undefined ? asked.filter((entry) => entry.policy !== found?.policy) : []
  if (found?.request && !several) return { ...found, request: found.request }
  if (found)
    throw new HoopError('REQUEST_INVALID', 'you may ask for several policies', {
      hint: `Say which: ${[...new Set(asked.map((entry) => `--policy ${entry.policy}`))].join(', ')}`,
    })
  const late = asked.flatMap((entry) => outOfTime(entry, now) ?? [])[0]
  throw new HoopError(
    'ACCESS_DENIED',
    `nothing that you may ask for on ${name}${policy === undefined ? '' : ` under ${policy}`}${late === undefined ? '' : `: ${late}`}`,
  )
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

/** The login of the entry that gives the person what they may do with a connection; undefined where it is the connection's. */
export const loginFor = (view: AccessView, person: Person, name: string): AccessEntry['login'] =>
  accessOf(view, person, name)?.entry.login

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
