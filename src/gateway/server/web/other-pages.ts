import { catalogue } from '../../../lib/catalogue.js'
import type { HoopError } from '../../../lib/errors.js'
import { plain } from '../../../lib/shown/text.js'
import { type Html, markup } from './markup.js'
import { page, said, type Viewer } from './layout.js'

/** @param id what it says is the address's, and nothing of the request: whoever isn't signed in learns nothing */
const commands = (id: string | undefined): Html =>
  id === undefined
    ? markup`<pre>hoop approvals watch</pre>`
    : markup`<pre>
hoop approvals show ${id}
hoop approvals approve ${id} --reason '…'
hoop approvals deny ${id} --reason '…'</pre>
        <p><code>hoop approvals watch</code> shows everything that waits for you.</p>`

const titleOf = (id: string | undefined): string => (id === undefined ? 'Requests for approval' : `Request ${id}`)

/** Where nobody signs in by a browser: the commands to run. It tells nothing, not even whether the request is there. */
export const terminalPage = (viewer: Viewer, id: string | undefined): Html =>
  page(
    viewer,
    titleOf(id),
    markup`<h1>${titleOf(id)}</h1>
      <p class="lead">
        A statement may wait for an approval. See what it is, then decide, in a terminal where you are logged in:
      </p>
      ${commands(id)}`,
  )

/**
 * Before somebody has signed in.
 * @param url the gateway's own: the provider sends the browser back there, so it has to begin there
 * @param more why they have to, where they were
 */
export const signInPage = (viewer: Viewer, url: string, id: string | undefined, more?: Html): Html =>
  page(
    viewer,
    titleOf(id),
    markup`<h1>${titleOf(id)}</h1>
      ${more}
      <p class="lead">
        Sign in as you do for <code>hoop login</code>. You then see what waits for your approval, and decide on it here.
      </p>
      <p>
        <a class="button" href="${url.replace(/\/$/, '')}/approvals/sign-in${id !== undefined && markup`?request=${id}`}"
          >Sign in</a
        >
      </p>
      <details>
        <summary>The same in a terminal</summary>
        ${commands(id)}
      </details>`,
  )

/** What a browser is told in place of commands of the terminal. */
const hints: Partial<Record<HoopError['code'], string>> = {
  NOT_FOUND: 'It isn’t there, or isn’t yours to see. Check the address.',
  SIGN_IN_FAILED: 'Open the request again, and sign in anew.',
  LOGGED_OUT: 'Sign in again.',
  TOKEN_INVALID: 'Ask the gateway’s operator to check identity.web.',
  INTERNAL: 'Try again. The gateway’s log has more.',
}

const hintOf = ({ code, hint }: HoopError): string => (hint === catalogue[code].hint ? (hints[code] ?? hint) : hint)

/** What went wrong, with a way on. */
export const troublePage = (viewer: Viewer, error: HoopError): Html =>
  page(
    viewer,
    'That did not work',
    markup`<h1>That did not work</h1>
      ${said('alert', `${plain(error.message)}.`, hintOf(error))}
      <p><a href="${viewer.base}/approvals">All requests</a></p>`,
  )
