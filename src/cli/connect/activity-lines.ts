import type { Approval } from '../../lib/api/approvals.js'
import type { RecordedStatement } from '../../lib/api/statements.js'
import { approversOf, stateOf } from '../../lib/shown/approval.js'
import { clip, count, exact, plain, width } from '../text.js'

const clock = (iso: string): string => new Date(iso).toTimeString().slice(0, 8)

const became = ({ verdict, rule, code, sqlstate, rows, masked, duration }: RecordedStatement): string => {
  if (verdict === 'refused') return `refused: ${rule === undefined ? (code ?? '') : `rule ${rule}`}`
  if (verdict === 'error') return `error ${sqlstate ?? ''}`.trim()
  if (verdict !== 'ran') return verdict
  const parts = [count(rows, 'row'), masked > 0 && `${masked.toLocaleString('en-US')} masked`]
  return [...parts, duration !== undefined && `${Math.round(duration)} ms`].filter(Boolean).join(', ')
}

/** One statement in one line: when, what came of it, its text, and the session that has it. */
export function statementLine(statement: RecordedStatement, columns: number): string {
  const start = `${clock(statement.at)}  ${plain(became(statement))}  `
  const end = `  ${statement.session}`
  const text = exact(statement.text.replaceAll(/\s+/g, ' ').trim())
  return `${start}${clip(text, Math.max(12, columns - width(start) - width(end)))}${end}`
}

/** What waits, who may decide, for how long, and how: nobody should take it for a slow query. */
export function waitingLines(approval: Approval, now = Date.now()): readonly string[] {
  const text = exact(approval.text.replaceAll(/\s+/g, ' ').trim())
  return [
    `WAITING FOR APPROVAL ${approval.id}: ${plain(approversOf(approval))} may decide, ${stateOf(approval, now)}`,
    `  rule ${plain(approval.rule)}: ${clip(text, 100)}`,
    `  they run: hoop approvals show ${approval.id}`,
  ]
}
