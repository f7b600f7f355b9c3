import type { Approval } from '../../lib/api/approvals.js'

export interface Person {
  readonly subject: string
  readonly name: string
  readonly groups: readonly string[]
}

type Asked = Pick<Approval, 'subject' | 'groups'>

/** Members of the rule's groups decide, and nobody on what they ask for themselves. */
export const mayDecide = ({ subject, groups }: Pick<Person, 'subject' | 'groups'>, asked: Asked): boolean =>
  subject !== asked.subject && asked.groups.some((group) => groups.includes(group))

/** Whoever asks, whoever may decide, and who may see everything. */
export const maySee = (person: Pick<Person, 'subject' | 'groups'>, hasRole: boolean, asked: Asked): boolean =>
  hasRole || person.subject === asked.subject || mayDecide(person, asked)
