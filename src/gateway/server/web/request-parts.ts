import { type Approval, type ApprovalVote, valid } from '../../../lib/api/approvals.js'
import { approversOf, value, waits, whereOf } from '../../../lib/shown/approval.js'
import { statementParts } from '../../../lib/shown/statement-lines.js'
import { plain, span } from '../../../lib/shown/text.js'
import { type Html, html, type Part } from './html.js'
import { ago, left, moment } from './times.js'

const fact = (name: string, what: Part): Part =>
  what !== undefined && what !== '' && html`<dt>${name}</dt><dd>${what}</dd>`

/** Who asks, where, by which rule, since when, for how long: as `hoop approvals show` has it. */
export const facts = (one: Approval): Html => html`<div class="card"><dl>
${fact('Person', plain(one.name === one.subject ? one.name : `${one.name} (${one.subject})`))}
${fact('Service token of', one.owner !== undefined && plain(one.owner))}
${fact('Connection', plain(whereOf(one)))}
${fact('For a while', one.access && `${span(one.access.for)}, counted from the approval`)}
${fact('Rule', !one.access && plain(one.message === undefined ? one.rule : `${one.rule}: ${one.message}`))}
${fact('Approvers', plain(approversOf(one)))}
${fact('Asked', html`${moment(one.createdAt)} (${ago(one.createdAt)})`)}
${fact('Until', html`${moment(one.expiresAt)}${one.state === 'open' && ` (${left(one.expiresAt)})`}`)}
${fact('Waits', waits(one))}
${fact('Session', one.session && html`<span class="mono">${plain(one.session)}</span>`)}
${fact('Policy', one.policyHash && html`<span class="mono">${plain(one.policyHash)}</span>`)}
</dl></div>`

const counts = ({ revokedAt }: ApprovalVote): Part => revokedAt !== undefined && ' (shut out since: counts no more)'

export const votes = ({ votes: all }: Approval): Part =>
  all.length > 0 &&
  html`<h2>Votes</h2><ul class="plain">${all.map(
    (one) =>
      html`<li><strong>${one.vote === 'approve' ? 'Approved' : 'Denied'}</strong> by ${plain(one.name)}, ${moment(one.at)}${counts(one)}${one.reason !== undefined && html`: “${plain(one.reason)}”`}</li>`,
  )}</ul>`

/** The exact text, line by line, and what goes into it. */
export const statement = ({ text, parameters, access }: Approval): Html => html`<h2 id="statement">${access ? 'What is asked for' : 'Statement'}</h2>
<pre class="exact" aria-labelledby="statement"><code>${statementParts(text).map((line) =>
    line.isOurs ? html`<span class="n">${line.text}</span>` : html`<span class="l">${line.text}
</span>`,
  )}</code></pre>
${
  parameters.length > 0 &&
  html`<h2 id="parameters">Parameters</h2>
<pre class="exact" aria-labelledby="parameters"><code>${parameters.map(
    (each, i) => html`<span class="l">$${i + 1} = ${plain(value(each))}
</span>`,
  )}</code></pre>`
}`

/** What became of it, in words for its heading. */
export const stateTag = (one: Approval): Html => {
  const { state, needed, expiresAt, access } = one
  if (state === 'open') {
    const count = needed > 1 && `${valid(one.votes).length} of ${needed} approvals · `
    return html`<span class="tag open">Waiting · ${count}${left(expiresAt)}</span>`
  }
  if (state === 'approved' && access) return html`<span class="tag yes">Approved · ${left(expiresAt)}</span>`
  const isGood = state === 'approved' || state === 'used'
  return html`<span class="tag ${isGood ? 'yes' : 'no'}">${words[state]}</span>`
}

const words: Readonly<Record<Approval['state'], string>> = {
  open: 'Waiting',
  approved: 'Approved',
  used: 'Approved, and run',
  denied: 'Denied',
  expired: 'Expired',
  withdrawn: 'Withdrawn',
  'break-glass': 'Run without approval: the glass was broken',
}

/** By whom, when and why it is what it is. */
export const settledBy = (one: Approval): string => {
  const { state, why, settledAt, votes: all } = one
  const by = all.filter(({ vote }) => vote === (state === 'denied' ? 'deny' : 'approve')).map(({ name }) => plain(name))
  const when = settledAt === undefined ? '' : `, ${ago(settledAt)}`
  const who = ['denied', 'approved', 'used'].includes(state) && by.length > 0 ? ` by ${by.join(', ')}` : ''
  return `${words[state]}${who}${when}${why === undefined ? '' : `: ${plain(why)}`}`
}
