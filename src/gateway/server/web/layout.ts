import type { FastifyReply } from 'fastify'
import { plain } from '../../../lib/shown/text.js'
import { Html, markup, type Part } from './markup.js'
import { contentPolicy, style } from './style.js'

/** Who looks at a page, and where it stands. */
export interface Viewer {
  /** The path under which clients reach the gateway, without a slash at its end. */
  readonly base: string
  /** The gateway's host, for people who use several. */
  readonly host: string
  /** Signed in as; with what forms have to carry. */
  readonly session?: { readonly name: string; readonly formToken: string }
}

const ring = markup`<svg viewBox="0 0 20 20" aria-hidden="true">
  <circle cx="10" cy="10" r="7.5" fill="none" stroke="currentColor" stroke-width="4" />
</svg>`

const signedIn = (base: string, { name, formToken }: NonNullable<Viewer['session']>): Html =>
  markup`<div class="me">
            <span>Signed in as <strong>${plain(name)}</strong></span>
            <form method="post" action="${base}/approvals/sign-out">
              <input type="hidden" name="token" value="${formToken}" /><button class="link">Sign out</button>
            </form>
          </div>`

/** @param body what stands in `main`, from the heading on */
export const page = (viewer: Viewer, title: string, body: Part): Html => {
  const { base, host, session } = viewer
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${plain(title)} · hoop</title>
        <style>${new Html(style)}</style>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <a class="brand" href="${base}/approvals">${ring}hoop</a><span class="host">${host}</span>
          ${session && signedIn(base, session)}
        </header>
        <main id="main">${body}</main>
      </body>
    </html>
`
}

/** Something that happened (`status`) or went wrong (`alert`): read out by itself. */
export const said = (role: 'alert' | 'status', ...lines: readonly Part[]): Html =>
  markup`<div class="said" role="${role}">
    ${lines.map((line) => line !== undefined && line !== '' && markup`<p>${line}</p>`)}
  </div>`

/** Sends a page with all that keeps it from being framed, scripted, stored or told of. */
export const sendPage = (reply: FastifyReply, status: number, whole: Html): FastifyReply =>
  reply
    .code(status)
    .type('text/html; charset=utf-8')
    .headers({
      'content-security-policy': contentPolicy,
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      // With `no-referrer` browsers would send forms with `Origin: null` (Fetch, "append a request Origin header").
      'referrer-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    })
    .send(whole.text)
