import { acts as words } from '../../lib/api/acts.js'
import type { PersonDetail, Reach } from '../../lib/api/people.js'
import { briefly, stateOf } from '../approvals/approval-text.js'
import { momentText } from '../moment.js'
import { type Cell, pairs, table } from '../table.js'
import { tokenColumns } from '../tokens/token-text.js'

const local = (time: string | undefined): string | undefined => time && momentText(time)

/** What gives it: the entry of the connection, and what of it fits. */
const why = ({ entry, group, person, access }: Reach): string =>
  `${access === undefined ? '' : `access ${access}, `}entry ${entry}, ${group === undefined ? `person ${person}` : `group ${group}`}`

const terms = ({ clear, breakGlass }: Reach): string =>
  `${clear ? 'clear' : 'masked'}${breakGlass ? ', may break the glass' : ''}`

const facts = (one: PersonDetail): string =>
  pairs({
    Person: one.name === one.subject ? one.name : `${one.name} (${one.subject})`,
    'E-mail': one.email === one.name ? undefined : one.email,
    'Shut out':
      one.revoked &&
      `since ${local(one.revoked.at)} by ${one.revoked.by.name}${one.revoked.until === undefined ? '' : ` until ${local(one.revoked.until)}`}: ${one.revoked.reason}`,
    Groups: one.groups && `${one.groups.join(', ') || 'none'}, as the provider named them at ${local(one.groupsAt)}`,
    Roles: one.roles.join(', '),
    'First seen': local(one.firstSeen),
    'Last seen': local(one.lastSeen),
    Sessions: `${one.sessions}, ${one.live} live`,
  })

interface Section {
  readonly title: string
  readonly headings: readonly string[]
  readonly rows: (one: PersonDetail) => readonly (readonly Cell[])[]
}

/** What is listed of a person, in this order; what they have none of is left out. */
const sections: readonly Section[] = [
  {
    title: 'Can reach',
    headings: ['connection', 'policy', 'sees', 'by', 'since', 'until'],
    rows: ({ reaches }) =>
      reaches.map((one) => [one.connection, one.policy, terms(one), why(one), local(one.since), local(one.until)]),
  },
  {
    title: 'Live sessions',
    headings: ['id', 'connection', 'began', 'client', 'statements'],
    rows: ({ liveSessions }) =>
      liveSessions.map(({ id, connection, startedAt, clientApplication, counters }) => [
        ...[id, connection, local(startedAt), clientApplication, counters.statements],
      ]),
  },
  {
    title: 'Grants',
    headings: ['id', 'connection', 'issued', 'expires'],
    rows: ({ grants }) =>
      grants.map(({ id, connection, issuedAt, expiresAt }) => [id, connection, local(issuedAt), local(expiresAt)]),
  },
  {
    title: 'Requests that wait, approvals not yet used, and access for a while',
    headings: ['id', 'connection', 'rule', 'state', 'statement'],
    rows: ({ requests }) => requests.map((one) => [one.id, one.connection, one.rule, stateOf(one), briefly(one.text)]),
  },
  {
    title: 'Service tokens',
    headings: tokenColumns.map(({ heading }) => heading),
    rows: ({ tokens }) => tokens.map((token) => tokenColumns.map(({ of }) => of(token))),
  },
  {
    title: 'Standing approvals',
    headings: ['id', 'for', 'by', 'connection', 'until', 'statement'],
    rows: ({ standing }) =>
      standing.map(({ id, name, by, connection, expiresAt, text }) => [
        ...[id, name, by.name, connection, local(expiresAt), briefly(text)],
      ]),
  },
  {
    title: 'Last sessions',
    headings: ['id', 'connection', 'began', 'ended', 'end', 'rows'],
    rows: ({ lastSessions }) =>
      lastSessions.map(({ id, connection, startedAt, endedAt, end, counters }) => [
        ...[id, connection, local(startedAt), local(endedAt), end, counters.rows],
      ]),
  },
  {
    title: 'What was done to them',
    headings: ['time', 'who', 'did', 'reason'],
    rows: ({ acts }) =>
      acts.map(({ time, by, act, reason }) => [
        ...[local(time), by.name, Object.hasOwn(words, act) ? words[act] : act, reason],
      ]),
  },
]

/** Everything about a person, for people. What they hold while they are shut out is of no use to them, and is said so. */
export const personText = (one: PersonDetail): string =>
  [
    facts(one),
    ...(one.revoked ? ['', 'Nothing of what follows is taken from them while they are shut out.'] : []),
    ...sections.flatMap(({ title, headings, rows }) => {
      const found = rows(one)
      return found.length === 0 ? [] : ['', `${title}:`, table(headings, found)]
    }),
  ].join('\n')
