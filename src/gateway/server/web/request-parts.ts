import { type Approval, type ApprovalVote, valid } from '../../../lib/api/approvals.js'
import { approversOf, databaseUser, searchPath, value, waits, whereOf } from '../../../lib/shown/approval.js'
import { type StatementLine, statementParts } from '../../../lib/shown/statement-lines.js'
import { exact, plain, span } from '../../../lib/shown/text.js'
import { type Html, markup, type Part } from './markup.js'
import { ago, left, moment } from './times.js'

const fact = (name: string, what: Part): Part =>
  what !== undefined &&
  what !== '' &&
  what !== false &&
  markup`<dt>${name}</dt>
    <dd>${what}</dd>`

/** Who asks, where, by which rule, since when, for how long: as `hoop approvals show` has it. */
export const facts = (one: Approval): Html =>
  markup`<div class="card">
    <dl>
      ${fact('Person', plain(one.name === one.subject ? one.name : `${one.name} (${one.subject})`))}
      ${fact('Service token of', one.owner !== undefined && plain(one.owner))}
      ${fact('Connection', plain(whereOf(one)))}
      ${fact('Database user', databaseUser(one.meaning))}
      ${fact('search_path', searchPath(one.meaning))}
      ${fact('For a while', one.access && `${span(one.access.for)}, counted from the approval`)}
      ${fact('Rule', !one.access && plain(one.message === undefined ? one.rule : `${one.rule}: ${one.message}`))}
      ${fact('Approvers', plain(approversOf(one)))}
      ${fact('Asked', markup`${moment(one.createdAt)} (${ago(one.createdAt)})`)}
      ${fact('Until', markup`${moment(one.expiresAt)}${one.state === 'open' && ` (${left(one.expiresAt)})`}`)}
      ${fact('Waits', waits(one))}
    </dl>
  </div>`

/** What few need: where to look further, and the same in a terminal. */
export const further = ({ id, session, policyHash }: Approval): Html =>
  markup`<details>
    <summary>More of it, and the same in a terminal</summary>
    <dl>
      ${fact('Session', session && markup`<span class="mono">${plain(session)}</span>`)}
      ${fact('Policy', policyHash && markup`<span class="mono">${plain(policyHash)}</span>`)}
    </dl>
    <pre>
hoop approvals show ${id}
hoop approvals approve ${id} --reason '…'
hoop approvals deny ${id} --reason '…'</pre>
  </details>`

const counts = ({ revokedAt }: ApprovalVote): Part => revokedAt !== undefined && ' (shut out since: counts no more)'

export const votes = ({ votes: all }: Approval): Part =>
  all.length > 0 &&
  markup`<h2>Votes</h2>
    <ul class="plain">
      ${all.map(
        (one) =>
          markup`<li>
            <strong>${one.vote === 'approve' ? 'Approved' : 'Denied'}</strong> by ${plain(one.name)},
            ${moment(one.at)}${counts(one)}${one.reason !== undefined && markup`: “${plain(one.reason)}”`}
          </li>`,
      )}
    </ul>`

/** With its end, so that what is copied is what was sent. */
const line = ({ text, isOurs }: Pick<StatementLine, 'text' | 'isOurs'>): Html =>
  markup`<span class="${isOurs ? 'n' : 'l'}">${text}\n</span>`

const values = (parameters: Approval['parameters']): Html =>
  markup`<h2 id="parameters">Parameters</h2>
    <pre class="exact" aria-labelledby="parameters"><code>${parameters.map((each, i) =>
      line({ text: `$${i + 1} = ${exact(value(each))}`, isOurs: false }),
    )}</code></pre>`

const named = (text: string, i: number): Html =>
  markup`<h2 id="named-${i + 1}">By a name it runs</h2>
    <pre class="exact" aria-labelledby="named-${i + 1}"><code>${statementParts(text).map(line)}</code></pre>`

/** The exact text, line by line, and what goes into it. */
export const statement = ({ text, meaning, parameters, access }: Approval): Html =>
  markup`<h2 id="statement">${access ? 'What is asked for' : 'Statement'}</h2>
    <pre class="exact" aria-labelledby="statement"><code>${statementParts(text).map(line)}</code></pre>
    ${(meaning?.named ?? []).map(named)} ${parameters.length > 0 && values(parameters)}`

/** What became of it, in words for its heading. */
export const stateTag = (one: Approval): Html => {
  const { state, needed, expiresAt, access } = one
  if (state === 'open') {
    const count = needed > 1 && `${valid(one.votes).length} of ${needed} approvals · `
    return markup`<span class="tag open">Waiting · ${count}${left(expiresAt)}</span>`
  }
  if (state === 'approved' && access) return markup`<span class="tag yes">Approved · ${left(expiresAt)}</span>`
  const isGood = state === 'approved' || state === 'used'
  return markup`<span class="tag ${isGood ? 'yes' : 'no'}">${words[state]}</span>`
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
  const isDecided = ['denied', 'approved', 'used'].includes(state) && by.length > 0
  const what = isDecided
    ? `${state === 'denied' ? 'Denied' : 'Approved'} by ${by.join(', ')}${state === 'used' ? ', and run' : ''}`
    : words[state]
  return `${what}${when}${why === undefined ? '' : `: ${plain(why)}`}`
}
