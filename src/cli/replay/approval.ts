import { databaseUser, searchPath } from '../../lib/shown/approval.js'
import type { ApprovalEvent } from '../../lib/api/session-events.js'

/** Words for what became of a request. */
const outcomes: Readonly<Record<ApprovalEvent['outcome'], string>> = {
  requested: 'needs an approval',
  approved: 'approved',
  standing: 'covered by a standing approval',
  'break-glass': 'run at once: the glass was broken',
  denied: 'denied',
  expired: 'expired: nobody decided in time',
  withdrawn: 'withdrawn',
}

/** Characters shown of the statement that waits; it stands whole where it runs or is refused. */
const longest = 200

const shortened = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text)

const meaningLines = (meaning: ApprovalEvent['meaning']): string[] => {
  const path = searchPath(meaning)
  return [
    ...(meaning?.named ?? []).map((text) => `  by a name it runs: ${shortened(text)}`),
    ...(meaning ? [`  as database user ${databaseUser(meaning)}`] : []),
    ...(path === undefined ? [] : [`  search_path: ${path}`]),
  ]
}

/** What the recording says of one step of a request, in lines. */
export const showApproval = (
  { id, outcome, rule, text, meaning, by = [], reason }: ApprovalEvent,
  time: string,
): string[] => [
  `APPROVAL  ${id}, rule ${rule}: ${outcomes[outcome]} at ${time}${reason === undefined ? '' : ` (${reason})`}`,
  ...(text === undefined ? [] : [`  ${shortened(text)}`]),
  ...meaningLines(meaning),
  ...by.map(({ name, reason: why }) => `  by ${name}${why === undefined ? '' : `: ${why}`}`),
]
