const forms = {
  /** Hidden inputs of the page's form. */
  hidden: (html: string): Record<string, string> => {
    const inputs = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)
    return Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, value]))
  },
  action: (html: string) => /<form[^>]* action="([^"]*)"/.exec(html)?.[1],
}

interface Page {
  readonly url: string
  readonly html: string
}

/** As much of a browser as a sign-in needs: cookies by path, redirects, forms. */
export class Browser {
  readonly #cookies = new Map<string, { value: string; path: string }>()

  /** @throws {Error} on an answer that is neither a page nor a redirect */
  async open(url: string, fields?: Readonly<Record<string, string>>): Promise<Page> {
    let target = new URL(url)
    let body = fields && new URLSearchParams(fields)
    for (let hops = 0; hops < 12; hops++) {
      const answer = await fetch(target, {
        method: body ? 'POST' : 'GET',
        body: body ?? null,
        redirect: 'manual',
        headers: { cookie: this.#sent(target) },
      })
      this.#store(answer, target)
      const location = answer.headers.get('location')
      if (!location) return { url: target.href, html: await answer.text() }
      target = new URL(location, target)
      body = undefined
    }
    throw new Error(`too many redirects at ${target.href}`)
  }

  /** Sends the page's form with its hidden inputs and the fields given, as pressing one of its buttons would. */
  async submit(page: Page, fields: Readonly<Record<string, string>> = {}): Promise<Page> {
    const action = forms.action(page.html)
    if (action === undefined) throw new Error(`no form on ${page.url}: ${page.html}`)
    return this.open(new URL(action, page.url).href, { ...forms.hidden(page.html), ...fields })
  }

  #sent(url: URL): string {
    return [...this.#cookies]
      .filter(([, { path }]) => url.pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ')
  }

  #store(answer: Response, url: URL) {
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = '', ...attributes] = cookie.split(/;\s*/)
      const at = pair.indexOf('=')
      const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? url.pathname
      const expires = attributes.find((attribute) => /^expires=/i.test(attribute))?.slice(8)
      if (expires && Date.parse(expires) < Date.now()) this.#cookies.delete(pair.slice(0, at))
      else this.#cookies.set(pair.slice(0, at), { value: pair.slice(at + 1), path })
    }
  }
}

/**
 * What a person does in the browser: enter the code, confirm it, sign in, consent.
 * @param answer of the consent page; `abort` stops before signing in
 * @returns the browser, with the session at the provider that it has now
 * @throws {Error} with the page's text where a step doesn't lead on
 */
export const walkDeviceLogin = async (
  verificationUri: string,
  userCode: string,
  account: string,
  answer: 'allow' | 'deny' | 'abort',
): Promise<Browser> => {
  const browser = new Browser()
  const entry = await browser.open(verificationUri)
  const confirmation = await browser.submit(entry, { user_code: userCode })
  if (!confirmation.html.includes('op.deviceConfirmForm')) throw new Error(`the code was refused: ${confirmation.html}`)
  if (answer === 'abort') {
    await browser.submit(confirmation, { abort: 'yes' })
    return browser
  }
  const login = await browser.submit(confirmation)
  const consent = await browser.submit(login, { account })
  const end = await browser.submit(consent, { answer })
  if (answer === 'allow' && !end.html.includes('You are signed in'))
    throw new Error(`the sign-in ended with: ${end.html}`)
  return browser
}
