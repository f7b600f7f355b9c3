import type { ConnectionConfig, PolicyConfig } from './config/schema.js'

/** As much of a person as access depends on. */
export interface Who {
  readonly subject: string
  readonly email?: string
  readonly groups: readonly string[]
}

const anyOf = (wanted: readonly string[] | undefined, had: readonly (string | undefined)[]): boolean =>
  wanted?.some((one) => had.includes(one)) ?? false

/**
 * The policy that a person gets on a connection, by the first access entry that fits; undefined means no access.
 * `people` are matched against subject and e-mail address, exactly as written: other names are a person's own to choose.
 */
export const policyFor = (connection: ConnectionConfig, who: Who): string | undefined =>
  connection.access.find(({ groups, people }) => anyOf(groups, who.groups) || anyOf(people, [who.subject, who.email]))
    ?.policy

/** Whether a person sees masked columns in the clear. */
export const seesClear = (policy: PolicyConfig, who: Who): boolean => anyOf(policy.clear_for, who.groups)

/** The databases that a connection leads to; the first is what a defaulted name means. */
export const databasesOf = ({ url, databases }: ConnectionConfig): readonly string[] => [
  ...new Set([...(url.database === undefined ? [] : [url.database]), ...(databases ?? [])]),
]
