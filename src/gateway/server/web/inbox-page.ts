import type { Approval } from '../../../lib/api/approvals.js'
import { whereOf } from '../../../lib/shown/approval.js'
import { count, exact, plain } from '../../../lib/shown/text.js'
import { type Html, markup, type Part } from './markup.js'
import { page, type Viewer } from './layout.js'
import { settledBy, stateTag } from './request-parts.js'
import { ago } from './times.js'

/** Characters of a statement in a list. */
const most = 200

/** One line of it; the whole stands on its own page. */
const briefly = (text: string, written = plain): string => {
  const line = written(
    text
      .slice(0, 4 * most)
      .replace(/[ \t\n\r\f\v]+/g, ' ')
      .trim(),
  )
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}

const row =
  ({ base }: Viewer) =>
  (one: Approval): Html =>
    markup`<li>
      <h3>
        <a href="${base}/approvals/${one.id}">${plain(one.name)}: ${one.access ? 'access' : plain(one.rule)}</a>
        ${stateTag(one)}
      </h3>
      <p>
        ${plain(whereOf(one))} ·
        ${one.state === 'open' ? ago(one.createdAt) : settledBy(one)}${one.reason !== undefined && markup` · “${briefly(one.reason)}”`}
      </p>
      <span class="mono exact">${briefly(one.text, exact)}</span>
    </li>`

const part = (viewer: Viewer, id: string, title: string, requests: readonly Approval[]): Part =>
  requests.length > 0 &&
  markup`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    <ul class="rows">
      ${requests.map(row(viewer))}
    </ul>
  </section>`

/** What waits for somebody, what else they may see, and what was settled last. */
export const inboxPage = (viewer: Viewer, open: readonly Approval[], settled: readonly Approval[]): Html => {
  const yours = open.filter(({ mayDecide }) => mayDecide)
  const others = open.filter(({ mayDecide }) => !mayDecide)
  const title = yours.length === 0 ? 'Nothing waits for you' : `${count(yours.length, 'request')} for you`
  return page(
    viewer,
    title,
    markup`<h1>${title}</h1>
      <p class="lead">
        Statements and access that need somebody’s approval. <a href="${viewer.base}/approvals">Look again</a>
      </p>
      ${part(viewer, 'yours', 'For you to decide', yours)}
      ${part(viewer, 'others', 'Waiting for others', others)}
      ${part(viewer, 'settled', 'Settled', settled)}`,
  )
}
