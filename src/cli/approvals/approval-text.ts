import { type Approval, valid } from '../../lib/api/approvals.js'
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
export const stateOf = ({ state, expiresAt, votes, needed }: Approval, now = Date.now()): string => {
  if (state !== 'open') return state
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

const waits = ({ mode, state }: Approval): string => {
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
      Connection: `${one.connection}, database ${one.database}`,
      Rule: one.message === undefined ? one.rule : `${one.rule}: ${one.message}`,
      Approvers: `${one.needed} of ${one.groups.join(', ')}`,
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

/** The same for a small screen: the statement, and what it takes to judge it. */
export const approvalBrief = (one: Approval, now = Date.now()): string =>
  [
    plain(`${one.name}, ${span(now - Date.parse(one.createdAt))} ago: ${one.reason ?? 'no reason given'}`),
    plain(
      `${one.connection}, database ${one.database}; rule ${one.rule}${one.message === undefined ? '' : `: ${one.message}`}`,
    ),
    plain(
      `${one.needed} of ${one.groups.join(', ')}; ${stateOf(one, now)}; ${one.mode === 'wait' ? 'the session is held' : 'it may be run again once approved'}`,
    ),
    ...valid(one.votes).map(({ vote, name, reason }) =>
      plain(`${vote === 'approve' ? 'approved' : 'denied'} by ${name}${reason === undefined ? '' : `: ${reason}`}`),
    ),
    '',
    ...statementLines(one.text),
    ...one.parameters.map((parameter, i) => plain(`$${i + 1} = ${value(parameter)}`)),
  ].join('\n')
