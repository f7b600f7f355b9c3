import type { Approval } from '../../../lib/api/approvals.js'
import { plain } from '../../../lib/shown/text.js'
import { longestReason } from '../http/schemas/approvals.js'
import { type Html, markup, type Part } from './markup.js'
import { page, said, type Viewer } from './layout.js'
import { facts, further, settledBy, statement, stateTag, votes } from './request-parts.js'

export interface RequestScene {
  readonly viewer: Viewer
  readonly subject: string
  readonly request: Approval
  /** Of what is shown. */
  readonly digest: string
  /** They made the service token that asks. */
  readonly isMaker: boolean
  /** Why nothing was done, one line each, and what was typed. */
  readonly refused?: readonly string[]
  readonly reason?: string
}

const what = ({ access, connection }: Approval): string =>
  access ? `asks for access to ${connection}` : `asks to run a statement on ${connection}`

/** What came of an approval. */
const since: Partial<Record<Approval['state'], string>> = {
  open: 'It takes somebody else, too.',
  used: 'It has run.',
}

/** What the person who looks at it has to do with it, where they can't decide. */
const standing = ({ request, subject, isMaker }: RequestScene): Part => {
  const own = request.votes.find((vote) => vote.subject === subject && vote.revokedAt === undefined)
  if (own) {
    const word = own.vote === 'approve' ? 'You approved this.' : 'You denied this.'
    return said('status', word, (own.vote === 'approve' && since[request.state]) || settledBy(request))
  }
  if (request.state !== 'open') return said('status', settledBy(request))
  if (subject === request.subject || subject === request.owner)
    return said('status', 'You ask for this yourself: somebody else has to decide.')
  if (isMaker) return said('status', 'You made the service token that asks: somebody else has to decide.')
  if (!request.mayDecide) return said('status', `It is up to members of ${plain(request.groups.join(', '))}.`)
  return undefined
}

const form = ({ viewer, request, digest, refused, reason }: RequestScene): Html =>
  markup`<h2 id="decide">Your decision</h2>
    <form
      class="card"
      method="post"
      action="${viewer.base}/approvals/${request.id}"
      aria-labelledby="decide"
      autocomplete="off"
    >
      <input type="hidden" name="token" value="${viewer.session?.formToken}" />
      <input type="hidden" name="digest" value="${digest}" />
      <label for="reason">Reason</label>
      <p class="hint" id="hint">A denial needs one. ${plain(request.name)} reads it, and it is kept.</p>
      <textarea
        id="reason"
        name="reason"
        maxlength="${longestReason}"
        aria-describedby="hint"
        ${refused && markup` aria-invalid="true"`}
      >
${reason}</textarea>
      <div class="acts">
        <button name="vote" value="approve">Approve</button><button class="deny" name="vote" value="deny">Deny</button>
      </div>
    </form>`

/** One request as an approver has to read it before they decide: the form stands behind the whole statement. */
export const requestPage = (scene: RequestScene): Html => {
  const { viewer, request, refused, isMaker } = scene
  const title = `${request.name} ${what(request)}`
  return page(
    viewer,
    title,
    markup`<p class="eyebrow">
        <a href="${viewer.base}/approvals">All requests</a> · <span class="mono">${request.id}</span>
      </p>
      <h1>${plain(title)}</h1>
      <p>${stateTag(request)}</p>
      ${refused && said('alert', ...refused)} ${standing(scene)}
      <p class="why">${request.reason === undefined ? 'No reason given.' : markup`“${plain(request.reason)}”`}</p>
      ${facts(request)} ${statement(request)} ${votes(request)} ${request.mayDecide && !isMaker && form(scene)}
      ${further(request)}`,
  )
}
