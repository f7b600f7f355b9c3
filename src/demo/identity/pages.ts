import type { Account } from './accounts.js'

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const text = (value: string) => value.replace(/[&<>"']/g, (character) => escapes[character] ?? character)

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:4rem auto;padding:0 1rem}' +
  'button{display:block;width:100%;text-align:left;font:inherit;padding:.6rem 1rem;margin:.4rem 0;cursor:pointer}' +
  'code{font-size:1.6rem;letter-spacing:.1em}small{color:#666}'

/** A whole page; nothing in it comes from another host. */
export const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>${text(title)}</title><style>${style}</style><h1>${text(title)}</h1>${body}</html>`

/** The sign-in page: in a demo, people are chosen rather than proved. */
export const signIn = (action: string, accounts: readonly Account[]): string =>
  page(
    'Sign in as …',
    `<form method="post" action="${text(action)}">${accounts
      .map(
        ({ id, name, role }) =>
          `<button name="account" value="${text(id)}">${text(name)}<br><small>${text(role)}</small></button>`,
      )
      .join('')}</form><p><small>This identity provider belongs to the demo. There are no passwords.</small></p>`,
  )

export const consent = (action: string, scopes: readonly string[]): string =>
  page(
    'Allow hoop?',
    `<p>It asks for: ${text(scopes.join(', '))}</p><form method="post" action="${text(action)}">` +
      `<button name="answer" value="allow">Allow</button><button name="answer" value="deny">Deny</button></form>`,
  )

/** `form` comes from oidc-provider; its button stands outside of it. */
export const enterCode = (form: string, wrong: boolean): string =>
  page(
    'Sign in on a device',
    `<p>${wrong ? 'That code is not valid. Try again.' : 'Enter the code that your terminal shows.'}</p>${form}` +
      '<button form="op.deviceInputForm">Continue</button>',
  )

export const confirmCode = (form: string, code: string): string =>
  page(
    'Is this the code in your terminal?',
    `<p><code>${text(code)}</code></p>${form}<button form="op.deviceConfirmForm" autofocus>Yes, continue</button>` +
      '<button form="op.deviceConfirmForm" name="abort" value="yes">No, stop</button>',
  )

/** `form` comes from oidc-provider. */
export const signOut = (form: string): string =>
  page('Sign out?', `${form}<button form="op.logoutForm" name="logout" value="yes">Sign out everywhere</button>`)

export const done = (): string => page('You are signed in', '<p>Go back to your terminal.</p>')

export const failed = (message: string): string => page('That did not work', `<p>${text(message)}</p>`)
