import { type Approval, valid } from '../../lib/api/approvals.js'
import { accessState } from '../../lib/api/access.js'
import type { Parameter } from '../../lib/api/parameter.js'
import { statementLines } from './statement-lines.js'
import { pairs, table } from '../table.js'
import { plain, span } from '../text.js'

const local = (time: string): string => new Date(time).toLocaleString('sv-SE')

/** A statement in one line, for lists. */
export const briefly = (text: string, most = 60): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}

/** How long is left, or what became of it. */
export const stateOf = (one: Approval, now = Date.now()): string => {
  const { state, expiresAt, votes, needed, access } = one
  if (state === 'approved' && access) return `active, ${span(Date.parse(expiresAt) - now)} left`
  if (state !== 'open') return access ? accessState(one) : state
  const count = needed > 1 ? `${valid(votes).length}/${needed}, ` : ''
  return `${count}${span(Date.parse(expiresAt) - now)} left`
}

export const approvalTable = (approvals: readonly Approval[]): string =>
  table(
    ['id', 'person', 'connection', 'rule', 'state', 'asked', 'statement'],
    approvals.map((one) => [
      ...[one.id, one.name, one.connection, one.rule, stateOf(one), local(one.createdAt)],
      briefly(one.text),
    ]),
  )

const value = (parameter: Parameter): string =>
  parameter === null
    ? 'NULL'
    : typeof parameter === 'string'
      ? `'${parameter}'`
      : 'hex' in parameter
        ? `\\x${parameter.hex}`
        : `${parameter.cut}… (${parameter.bytes} bytes in all)`

/** `1 of dba and 2 of security` */
const approversOf = ({ approvers, groups, needed }: Approval): string =>
  (approvers ?? [{ groups, count: needed }]).map((one) => `${one.count} of ${one.groups.join(', ')}`).join(' and ')

/** Requests for access are for no database of their own. */
const whereOf = ({ connection, database, access }: Approval): string =>
  access ? `${connection}, policy ${access.policy}` : `${connection}, database ${database}`

const waits = ({ mode, state, access }: Approval): string | undefined => {
  if (access) return undefined
  if (mode !== 'wait') return 'no: it may be run again once approved'
  return state === 'open' ? 'the session is held' : 'no more'
}

/** Everything that one request is about: what an approver has to read. Statement and values are made harmless. */
export const approvalText = (one: Approval): string =>
  [
    pairs({
      Request: one.id,
      State: [stateOf(one), one.why].filter(Boolean).join(': '),
      Person: one.name === one.subject ? one.name : `${one.name} (${one.subject})`,
      Reason: one.reason ?? 'none given',
      Connection: whereOf(one),
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
    ...statementLines(one.text),
    ...one.parameters.map((parameter, i) => plain(`  $${i + 1} = ${value(parameter)}`)),
  ].join('\n')

const held = ({ mode }: Approval): string =>
  mode === 'wait' ? 'the session is held' : 'it may be run again once approved'

/** The same for a small screen: the statement, and what it takes to judge it. */
export const approvalBrief = (one: Approval, now = Date.now()): string =>
  [
    plain(`${one.name}, ${span(now - Date.parse(one.createdAt))} ago: ${one.reason ?? 'no reason given'}`),
    plain(
      `${whereOf(one)}; ${one.access ? `for ${span(one.access.for)}` : `rule ${one.rule}`}${one.message === undefined ? '' : `: ${one.message}`}`,
    ),
    plain([approversOf(one), stateOf(one, now), ...(one.access ? [] : [held(one)])].join('; ')),
    ...valid(one.votes).map(({ vote, name, reason }) =>
      plain(`${vote === 'approve' ? 'approved' : 'denied'} by ${name}${reason === undefined ? '' : `: ${reason}`}`),
    ),
    '',
    ...statementLines(one.text),
    ...one.parameters.map((parameter, i) => plain(`$${i + 1} = ${value(parameter)}`)),
  ].join('\n')
