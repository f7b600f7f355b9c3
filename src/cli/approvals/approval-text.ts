import { type Approval, type StatementMeaning, valid } from '../../lib/api/approvals.js'
import { approversOf, databaseUser, searchPath, stateOf, value, waits, whereOf } from '../../lib/shown/approval.js'
import { statementLines } from '../../lib/shown/statement-lines.js'
import { type Column, list, type View } from '../list/list.js'
import { shortIds } from '../list/short-ids.js'
import { momentText as local } from '../moment.js'
import { pairs } from '../table.js'
import { exact, plain, span } from '../text.js'

export { stateOf } from '../../lib/shown/approval.js'

/** A statement in one line, for lists. */
export const briefly = (text: string, most = 60): string => {
  const line = exact(text.replace(/[ \t\n\r\f\v]+/g, ' ').trim())
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}

export const approvalTable = (approvals: readonly Approval[], view: View & { readonly wide: boolean }): string => {
  const short = shortIds(approvals.map(({ id }) => id))
  const columns: readonly Column<Approval>[] = [
    { heading: 'id', of: ({ id }) => (view.wide ? id : short(id)) },
    { heading: 'person', of: ({ name }) => name },
    { heading: 'connection', goes: 3, of: ({ connection }) => connection },
    { heading: 'rule', goes: 2, of: ({ rule }) => rule },
    { heading: 'state', of: (one) => stateOf(one) },
    { heading: 'asked', goes: 1, of: ({ createdAt }) => local(createdAt) },
    { heading: 'statement', wraps: true, of: ({ text }) => briefly(text, view.wide ? Infinity : undefined) },
  ]
  return list(columns, approvals, view)
}

/** The statement, and what it runs by a name. Lines that are ours stand without the gutter. */
const bodyOf = ({ text, meaning }: { readonly text: string; readonly meaning?: StatementMeaning }): string[] => [
  ...statementLines(text),
  ...(meaning?.named ?? []).flatMap((one) => ['By a name it runs:', ...statementLines(one)]),
]

/** Everything that one request is about: what an approver has to read. Statement and values are made harmless. */
export const approvalText = (one: Approval): string =>
  [
    pairs({
      Request: one.id,
      State: [stateOf(one), one.why].filter(Boolean).join(': '),
      Person: one.name === one.subject ? one.name : `${one.name} (${one.subject})`,
      Reason: one.reason ?? 'none given',
      Connection: whereOf(one),
      'Database user': databaseUser(one.meaning),
      search_path: searchPath(one.meaning),
      'For a while': one.access && `${span(one.access.for)}, counted from the approval`,
      Rule: one.access ? undefined : one.message === undefined ? one.rule : `${one.rule}: ${one.message}`,
      Approvers: approversOf(one),
      Asked: local(one.createdAt),
      Until: local(one.expiresAt),
      Waits: waits(one),
      Session: one.session,
      Policy: one.policyHash,
    }),
    ...one.votes.map(({ vote, name, at, reason, revokedAt }) =>
      plain(
        `${vote === 'approve' ? 'Approved' : 'Denied'} by ${name} at ${local(at)}${revokedAt === undefined ? '' : ' (shut out since: counts no more)'}${reason === undefined ? '' : `: ${reason}`}`,
      ),
    ),
    '',
    ...bodyOf(one),
    ...one.parameters.map((parameter, i) => exact(`  $${i + 1} = ${value(parameter)}`)),
  ].join('\n')

const meaningLines = ({ meaning }: Approval): string[] => {
  const path = searchPath(meaning)
  return meaning
    ? [`as database user ${databaseUser(meaning)}${path === undefined ? '' : `; search_path: ${path}`}`]
    : []
}

const held = ({ mode }: Approval): string =>
  mode === 'wait' ? 'the session is held' : 'it may be run again once approved'

/** The same for a small screen: the statement, and what it takes to judge it. */
export const approvalBrief = (one: Approval, now = Date.now()): string =>
  [
    plain(`${one.name}, ${span(now - Date.parse(one.createdAt))} ago: ${one.reason ?? 'no reason given'}`),
    plain(
      `${whereOf(one)}; ${one.access ? `for ${span(one.access.for)}` : `rule ${one.rule}`}${one.message === undefined ? '' : `: ${one.message}`}`,
    ),
    ...meaningLines(one),
    plain([approversOf(one), stateOf(one, now), ...(one.access ? [] : [held(one)])].join('; ')),
    ...valid(one.votes).map(({ vote, name, reason }) =>
      plain(`${vote === 'approve' ? 'approved' : 'denied'} by ${name}${reason === undefined ? '' : `: ${reason}`}`),
    ),
    '',
    ...bodyOf(one),
    ...one.parameters.map((parameter, i) => exact(`$${i + 1} = ${value(parameter)}`)),
  ].join('\n')
