import type { Approval } from '../../lib/api/approvals.js'
import { approversOf } from '../../lib/shown/approval.js'
import { momentText } from '../moment.js'
import { exact, plain } from '../text.js'

const happened = {
  requested: 'asks',
  voted: 'has a vote',
  decided: 'is decided',
  used: 'was run',
  expired: 'ran out',
  withdrawn: 'is withdrawn',
  'break-glass': 'broke the glass',
} as const

/** What happened to a request, in one line that can be read out; a new one says who may decide, until when and how. */
export const changeText = (event: keyof typeof happened, one: Approval): string => {
  const about = `${momentText(new Date().toISOString())}  ${plain(`${one.id}, ${one.name} on ${one.connection}, rule ${one.rule}`)}: ${happened[event]}`
  if (event !== 'requested') return event === 'decided' || event === 'voted' ? `${about}, ${one.state}` : about
  const text = exact(one.text.replace(/\s+/g, ' ').trim())
  const decide = one.mayDecide ? ` Decide: hoop approvals show ${plain(one.id)}` : ''
  return `${about} until ${momentText(one.expiresAt)}. Approvers: ${plain(approversOf(one))}.${decide}\n  ${text}`
}
