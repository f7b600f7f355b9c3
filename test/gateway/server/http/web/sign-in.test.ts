import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSignIn } from '../../../../../src/identity/web/sign-in.js'
import { answerOf, session, type WebBrowser, type WebStage, webStage } from './stage.js'

let stage: WebStage
beforeAll(async () => {
  stage = await webStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

test('cookies are the host’s alone, out of reach of scripts, and not sent by other sites’ forms', async () => {
  const { world } = stage
  const begun = await world.ask(undefined, '/approvals/sign-in')
  const cookie = String(begun.headers['set-cookie'])
  expect(cookie).toMatch(/^__Host-hoop-browser=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=600$/)
  const to = new URL(String(begun.headers['location']))
  expect(Object.fromEntries(to.searchParams)).toMatchObject({
    ...{ response_type: 'code', client_id: 'hoop-web', code_challenge_method: 'S256' },
    redirect_uri: `${world.url}/approvals/callback`,
    state: expect.stringMatching(/^[\w-]{43}$/) as string,
    nonce: expect.stringMatching(/^[\w-]{43}$/) as string,
  })
  const browser = stage.browser()
  await stage.signIn(browser, 'mika')
  expect(session(browser)[1]).toMatchObject({ path: '/', sameSite: 'Lax' })
  expect(world.logged.join('\n')).not.toContain(session(browser)[1].value)
})

/** As far as the provider's redirect back to us, which is not followed. */
const untilCallback = async (browser: WebBrowser, account: string, change: (url: URL) => void = () => undefined) => {
  const { world } = stage
  const begun = await browser.open(`${world.url}/approvals/sign-in`, { hops: 0 })
  const to = new URL(String(begun.headers['location']))
  change(to)
  let hop = await browser.open(to.href, { hops: 0 })
  for (let steps = 0; steps < 20; steps++) {
    const { location } = hop.headers
    if (typeof location === 'string') {
      const next = new URL(location, hop.url)
      if (next.href.startsWith(`${world.url}/approvals/callback`)) return next
      hop = await browser.open(next.href, { hops: 0 })
    } else hop = await browser.submit(hop, /interaction/, answerOf(hop, account), { hops: 0 })
  }
  throw new Error(`no callback: ${hop.url} ${hop.text}`)
}

const refused = async (browser: WebBrowser, url: URL, why: string) => {
  const answer = await browser.open(url.href, { hops: 0 })
  expect([why, answer.status, answer.text.includes(why)]).toEqual([why, 401, true])
  expect(answer.headers['set-cookie']).toBeUndefined()
}

test('a sign-in ends where it began: with its state, in its browser, once', async () => {
  const [mika, mallory] = [stage.browser(), stage.browser()]
  const began = 'it did not begin in this browser'
  const url = await untilCallback(mika, 'mika')
  const with_ = (name: string, value: string) => {
    const changed = new URL(url)
    changed.searchParams.set(name, value)
    return changed
  }
  // Somebody else's browser, with a sign-in of its own under way and without.
  await refused(mallory, url, began)
  const theirs = await untilCallback(mallory, 'dora')
  await refused(mallory, url, began)
  await refused(mika, theirs, began)
  await refused(mika, with_('state', 'forged'), began)
  const twice = new URL(url)
  twice.searchParams.append('state', url.searchParams.get('state')!)
  await refused(mika, twice, began)
  expect((await mika.open(url.href, { hops: 0 })).status).toBe(303)
  await refused(mika, url, began)
})

test('a code that was used, another client’s, another verifier’s, or one from another issuer signs nobody in', async () => {
  const browser = stage.browser()
  const used = await untilCallback(browser, 'mika')
  expect((await browser.open(used.href, { hops: 0 })).status).toBe(303)
  const withCode = async (code: string) => {
    const next = await untilCallback(browser, 'mika')
    next.searchParams.set('code', code)
    return next
  }
  await refused(browser, await withCode(used.searchParams.get('code')!), 'invalid_grant')
  const fresh = stage.browser()
  const foreign = await untilCallback(fresh, 'dora', (url) => url.searchParams.set('client_id', 'other'))
  await refused(fresh, foreign, 'invalid_grant')
  const injected = await untilCallback(stage.browser(), 'dora')
  await refused(browser, await withCode(injected.searchParams.get('code')!), 'invalid_grant')
  const mixed = await untilCallback(browser, 'mika')
  expect(mixed.searchParams.get('iss')).toBe(stage.world.idp.issuer)
  mixed.searchParams.set('iss', 'https://evil.example')
  await refused(browser, mixed, 'does not fit')
  const bare = await untilCallback(browser, 'mika')
  bare.searchParams.delete('iss')
  await refused(browser, bare, 'does not fit')
  const nonce = stage.browser()
  await refused(nonce, await untilCallback(nonce, 'mika', (url) => url.searchParams.set('nonce', 'n')), 'does not fit')
  const no = await untilCallback(browser, 'mika')
  no.searchParams.delete('code')
  no.searchParams.set('error', 'access_denied')
  no.searchParams.set('error_description', '<b>no</b>')
  await refused(browser, no, 'the identity provider says: access_denied')
})

test('where the provider has another subject for each client, only the command line’s own client signs people in', async () => {
  const server = createServer((_request, response) => {
    const { port } = server.address() as AddressInfo
    const issuer = `http://127.0.0.1:${port}`
    const [authorization_endpoint, token_endpoint] = [`${issuer}/auth`, `${issuer}/token`]
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({ issuer, authorization_endpoint, token_endpoint, subject_types_supported: ['pairwise'] }),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const begin = (clientId: string) =>
    new WebSignIn({
      settings: () => ({ issuer, clientId, mainClientId: 'hoop-cli', scopes: [], life: 1 }),
      secret: async () => undefined,
      redirectUri: () => 'https://gateway.example/approvals/callback',
      verify: () => Promise.reject(new Error('not asked')),
    }).begin('browser', '192.0.2.1', undefined)
  await expect(begin('hoop-web')).rejects.toMatchObject({
    ...{ code: 'SIGN_IN_FAILED', about: 'the identity provider calls people by another subject for each client' },
  })
  expect((await begin('hoop-cli')).origin).toBe(issuer)
  server.close()
})

test('with the wrong secret nobody is signed in, it is said whose affair that is, and the secret isn’t', async () => {
  const { world } = stage
  const { web } = world.state
  const browser = stage.browser()
  const url = await untilCallback(browser, 'mika')
  world.state.web = { clientId: 'hoop-web', secret: 'wrong' }
  await refused(browser, url, 'can’t prove itself')
  world.state.web = web
  expect(world.logged.join('\n')).not.toContain('the-web-client-s-secret')
})

test('where a sign-in leads to is a request or the inbox, whatever is asked for', async () => {
  const { world } = stage
  for (const query of [
    'request=//evil.example',
    'request=https://evil.example',
    'request=x%0d%0aset-cookie:a=b',
    'request=../v1/people',
    `request=${'x'.repeat(65)}`,
    'request=a&request=b',
  ]) {
    const answer = await world.ask(undefined, `/approvals/sign-in?${query}`)
    expect([query, answer.status, answer.headers['location']]).toEqual([query, 400, undefined])
  }
  const browser = stage.browser()
  const link = await browser.open(`${world.url}/approvals/sign-in?request=abc`, { hops: 0 })
  expect(new URL(String(link.headers['location'])).origin).toBe(world.idp.issuer)
  expect((await world.ask(undefined, '/approvals/x%0d%0aset-cookie:a')).status).toBe(400)
})
