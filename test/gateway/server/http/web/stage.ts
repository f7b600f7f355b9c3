import { Agent, request as send } from 'undici'
import type { ApprovalRecord } from '../../../../../src/store/approvals/rows.js'
import { type World, startWorld } from '../world.js'

export interface Seen {
  readonly url: string
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export interface Sent {
  readonly fields?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** How many redirects are followed at most; all unless given. */
  readonly hops?: number
}

interface Cookie {
  readonly value: string
  readonly path: string
  readonly sameSite: string
}

/** As much of a browser as pages without scripts need: cookies by host and path, SameSite, redirects, forms, Origin. */
export class WebBrowser {
  readonly #agent: Agent
  readonly cookies = new Map<string, Cookie>()
  readonly visited: string[] = []

  constructor(ca: Buffer) {
    this.#agent = new Agent({ connect: { ca } })
  }

  async open(address: string, { fields, headers = {}, hops = 15 }: Sent = {}): Promise<Seen> {
    let url = new URL(address)
    let body = fields && new URLSearchParams(fields).toString()
    for (;;) {
      this.visited.push(url.href)
      const answer = await send(url, {
        method: body === undefined ? 'GET' : 'POST',
        dispatcher: this.#agent,
        headers: {
          cookie: this.#sent(url),
          ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded', origin: url.origin }),
          ...headers,
        },
        ...(body !== undefined && { body }),
      })
      for (const cookie of [answer.headers['set-cookie'] ?? []].flat()) this.#keep(cookie, url)
      const text = await answer.body.text()
      const { location } = answer.headers
      if (typeof location !== 'string' || hops-- <= 0)
        return { url: url.href, status: answer.statusCode, headers: answer.headers, text }
      url = new URL(location, url)
      body = undefined
    }
  }

  /** Sends the form of a page that goes to `action`, with what is hidden in it. */
  submit(page: Seen, action: RegExp, fields: Readonly<Record<string, string>> = {}, sent: Sent = {}): Promise<Seen> {
    const form = formOf(page, action)
    return this.open(new URL(form.action, page.url).href, { ...sent, fields: { ...form.hidden, ...fields } })
  }

  close(): Promise<void> {
    return this.#agent.destroy()
  }

  #sent(url: URL): string {
    return [...this.cookies]
      .filter(([key, { path }]) => key.startsWith(`${url.host} `) && url.pathname.startsWith(path))
      .map(([key, { value }]) => `${key.slice(url.host.length + 1)}=${value}`)
      .join('; ')
  }

  #keep(cookie: string, url: URL): void {
    const [pair = '', ...attributes] = cookie.split(/;\s*/)
    const at = pair.indexOf('=')
    const of = (name: string) =>
      attributes.find((attribute) => attribute.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1)
    const key = `${url.host} ${pair.slice(0, at)}`
    const isOver = of('max-age') === '0' || Date.parse(of('expires') ?? '') < Date.now()
    if (isOver) this.cookies.delete(key)
    else
      this.cookies.set(key, {
        value: pair.slice(at + 1),
        path: of('path') ?? url.pathname,
        sameSite: of('samesite') ?? 'Lax',
      })
  }
}

const unescaped = (text: string): string =>
  text.replace(
    /&(?:amp|lt|gt|quot|#39);/g,
    (c) => ({ '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' })[c] ?? "'",
  )

/** @throws {Error} where the page has no such form */
export const formOf = (page: Seen, action: RegExp): { action: string; hidden: Record<string, string> } => {
  for (const [whole, to = ''] of page.text.matchAll(/<form[^>]* action="([^"]*)"[^]*?<\/form>/g))
    if (action.test(to)) {
      const hidden = whole.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)
      return {
        action: unescaped(to),
        hidden: Object.fromEntries([...hidden].map(([, name = '', value = '']) => [name, unescaped(value)])),
      }
    }
  throw new Error(`no form for ${action} on ${page.url} (${page.status}): ${page.text}`)
}

/** The cookie of a session. */
export const session = ({ cookies }: WebBrowser) => [...cookies].find(([key]) => key.endsWith(' __Host-hoop'))!

/** What somebody presses at the provider. */
export const answerOf = ({ text }: Seen, account: string): Record<string, string> =>
  text.includes('name="answer"') ? { answer: 'allow' } : { account }

export const webClient = { clientId: 'hoop-web', secret: 'the-web-client-s-secret' }

export interface WebStage extends AsyncDisposable {
  readonly world: World
  browser(): WebBrowser
  /** Signs somebody in, by the link on a page of ours. @returns where they end up */
  signIn(browser: WebBrowser, account: string, request?: string): Promise<Seen>
  /** A request of casey's that members of ml-eng and dpo decide on. */
  requested(more?: Partial<ApprovalRecord>): Promise<string>
}

/** The gateway's pages with a provider that knows its web client, and another one's. */
export const webStage = async (): Promise<WebStage> => {
  const world = await startWorld({ rates: { login: { per_address: '10000/m', per_person: '10000/m' } } })
  const redirectUri = `${world.url}/approvals/callback`
  world.idp.allowWeb({ ...webClient, redirectUri }, { clientId: 'other', redirectUri, secret: 'another-secret' })
  world.state.web = webClient
  const browsers: WebBrowser[] = []
  let number = 0
  return {
    world,
    browser: () => {
      const browser = new WebBrowser(world.ca)
      browsers.push(browser)
      return browser
    },
    signIn: async (browser, account, request) => {
      const start = await browser.open(`${world.url}/approvals${request === undefined ? '' : `/${request}`}`)
      const [, link = ''] = /href="([^"]*\/sign-in[^"]*)"/.exec(start.text) ?? []
      let page = await browser.open(unescaped(link))
      for (let steps = 0; page.url.startsWith(world.idp.issuer) && steps < 4; steps++)
        page = await browser.submit(page, /interaction/, answerOf(page, account))
      return page
    },
    requested: async (more = {}) => {
      const id = `req${String(++number).padStart(4, '0')}`
      await world.approvals.add({
        ...{ id, key: id, state: 'open', mode: 'wait', subject: 'casey', name: 'casey@contractor.example' },
        ...{ connection: 'vectordb', database: 'vectors', session: 's1', policyHash: 'ab', rule: 'bulk-read' },
        ...{ groups: ['ml-eng', 'dpo'], needed: 1, text: 'select 1', parameters: [], life: 60_000, votes: [] },
        createdAt: new Date(Date.now() - 60_000).toISOString(),
        expiresAt: new Date(Date.now() + 600_000).toISOString(),
        ...more,
      })
      return id
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(browsers.map((browser) => browser.close()))
      await world[Symbol.asyncDispose]()
    },
  }
}
