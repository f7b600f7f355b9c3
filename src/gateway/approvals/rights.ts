import { HoopError } from '../../lib/errors.js'
import type { Approval } from '../../lib/api/approvals.js'

export interface Person {
  readonly subject: string
  readonly name: string
  readonly groups: readonly string[]
}

type Asked = Pick<Approval, 'subject' | 'owner' | 'groups'>

/** They ask for it themselves, or a service token of theirs does. */
export const isTheirs = ({ subject }: Pick<Person, 'subject'>, asked: Omit<Asked, 'groups'>): boolean =>
  subject === asked.subject || subject === asked.owner

/** Members of the rule's groups decide, and nobody on what they or their service tokens ask for. */
export const mayDecide = (person: Pick<Person, 'subject' | 'groups'>, asked: Asked): boolean =>
  !isTheirs(person, asked) && asked.groups.some((group) => person.groups.includes(group))

/** Whoever asks, whoever may decide, and who may see everything. */
export const maySee = (person: Pick<Person, 'subject' | 'groups'>, hasRole: boolean, asked: Asked): boolean =>
  hasRole || isTheirs(person, asked) || mayDecide(person, asked)

export const notYours = (person: Person, record: Asked): HoopError => {
  const others = `members of ${record.groups.join(', ')}`
  return isTheirs(person, record)
    ? new HoopError('ACCESS_DENIED', 'nobody decides on their own request', { hint: `Ask other ${others}.` })
    : new HoopError('ACCESS_DENIED', `it is up to ${others}`, { hint: 'Ask one of them.' })
}
