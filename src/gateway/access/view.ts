import { specLine } from '../../masking/spec-name.js'
import type { BudgetsConfig, Config, PolicyConfig } from '../../policy/config/schema.js'
import type { Approvers } from '../../policy/config/policy/approvers.js'
import type { EntryLogin } from '../../policy/config/sections/entry-login.js'
import type { Hours } from '../../policy/config/policy/hours.js'
import { questionLimits, type QuestionLimits } from '../budgets/questions.js'
import { rulePhrase } from '../../policy/rules/phrase.js'

/** What the API needs of the configuration in force. */
export interface AccessView {
  readonly issuer: string
  readonly clientId: string
  readonly scopes: readonly string[]
  /** Groups. */
  readonly admins: readonly string[]
  readonly auditors: readonly string[]
  readonly connections: Readonly<Record<string, ConnectionView>>
  readonly policies: Readonly<Record<string, PolicyView>>
  /** What somebody was given on a connection for a while, and is in force now, newest first. */
  readonly given?: (subject: string, connection: string) => readonly GivenAccess[]
}

export interface ConnectionView {
  readonly description?: string
  readonly databases: readonly [string, ...string[]]
  /** Of the database, by the connection's own login. */
  readonly user: string
  /** In the order of the file: the first that fits a person holds. */
  readonly access: readonly AccessEntry[]
  /** As which role sessions go on, by groups. */
  readonly role?: Config['connections'][string]['role']
}

/** Who gets which policy. */
export interface AccessEntry {
  readonly groups?: readonly string[] | undefined
  readonly people?: readonly string[] | undefined
  /** Names of trusts. */
  readonly workloads?: readonly string[] | undefined
  readonly policy: string
  /** Of its own, to the database. */
  readonly login?: EntryLogin | undefined
  /** Gives nothing before members of these groups have approved it, for so many milliseconds at most. */
  readonly request?:
    { readonly approvers: Approvers; readonly longest: number; readonly ticket?: string | undefined } | undefined
  /** When it ends, milliseconds since 1970. */
  readonly until?: number | undefined
  readonly hours?: Hours | undefined
  /** `required`, or what has to match it. */
  readonly reason?: string | undefined
}

/** Access for a while that somebody was given. */
export interface GivenAccess {
  readonly id: string
  readonly policy: string
  /** The entry that it was asked by (`askedBy`); unknown of those from before that was kept, which give nothing. */
  readonly entry?: string | undefined
  /** Milliseconds since 1970. */
  readonly approvedAt: number
  readonly expiresAt: number
}

export interface PolicyView {
  readonly clearFor: readonly string[]
  /** A line each, for people. */
  readonly masks: readonly string[]
  readonly rules: readonly string[]
  readonly budgets?: BudgetsConfig
  /** What a person may ask about masked values, where that is bounded. */
  readonly questions?: QuestionLimits
  /** Groups that may break the glass. */
  readonly breakGlass: readonly string[]
  /** Groups that some rule names as its approvers. */
  readonly approvers: readonly string[]
}

type Mask = PolicyConfig['masks'][number]

const rights = { hide: '', compare: ', distances compared', show: ', distances shown' } as const

const maskLines = ({ columns, with: spec, nulls, distances }: Mask): string[] =>
  columns.map(
    (column) =>
      `${column}${spec === undefined ? ', as its type allows' : ` as ${specLine(spec)}`}${nulls === 'hide' ? ', NULL too' : ''}${rights[distances ?? 'hide']}`,
  )

const connectionView = ({
  description,
  databases,
  url,
  access,
  role,
}: Config['connections'][string]): ConnectionView => {
  const names = [...new Set([...(url.database === undefined ? [] : [url.database]), ...(databases ?? [])])]
  // The schema has seen to it that there is one.
  return {
    ...(description !== undefined && { description }),
    user: url.user,
    databases: names as [string, ...string[]],
    access,
    role,
  }
}

const policyView = (policy: PolicyConfig): PolicyView => {
  const { clear_for, masks, rules, break_glass, budgets } = policy
  const questions = questionLimits(policy)
  return {
    clearFor: clear_for,
    masks: masks.flatMap(maskLines),
    rules: rules.map(rulePhrase),
    ...(budgets && { budgets }),
    ...(questions && { questions }),
    breakGlass: break_glass?.groups ?? [],
    approvers: rules.flatMap(({ approvers }) => approvers?.groups ?? []),
  }
}

const mapValues = <A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))

export const accessView = ({ identity, connections, policies }: Config, given?: AccessView['given']): AccessView => ({
  ...(given && { given }),
  issuer: identity.issuer,
  clientId: identity.client_id,
  scopes: identity.scopes,
  admins: identity.admins,
  auditors: identity.auditors,
  connections: mapValues(connections, connectionView),
  policies: mapValues(policies, policyView),
})
