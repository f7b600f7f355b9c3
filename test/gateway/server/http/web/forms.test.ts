import { afterAll, beforeAll, expect, test } from 'vitest'
import { seePerson } from '../../../../../src/store/people/people.js'
import { startWorld } from '../world.js'
import { formOf, session, type Seen, type Sent, type WebStage, webStage } from './stage.js'

let stage: WebStage
beforeAll(async () => {
  stage = await webStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

const votesOn = async (id: string) => (await stage.world.approvals.records.find(id)).votes.length

/** Somebody at a request's page. */
const at = async (account: string, more: Parameters<WebStage['requested']>[0] = {}) => {
  const id = await stage.requested(more)
  const browser = stage.browser()
  const page = await stage.signIn(browser, account, id)
  const approve = (fields: Readonly<Record<string, string>> = {}, sent: Sent = {}, from: Seen = page) =>
    browser.submit(from, new RegExp(`/${id}$`), { vote: 'approve', ...fields }, { hops: 0, ...sent })
  return { id, browser, page, approve }
}

test('a form without our token, from elsewhere or from within a frame decides nothing', async () => {
  const { id, approve, browser, page } = await at('mika')
  const other = await at('dora')
  const theirs = formOf(other.page, /sign-out/).hidden['token']!
  for (const [fields, headers, why] of [
    [{ token: '' }, {}, 'another sign-in'],
    [{ token: 'x'.repeat(43) }, {}, 'another sign-in'],
    [{ token: theirs }, {}, 'another sign-in'],
    [{}, { origin: 'https://evil.example' }, 'another address'],
    [{}, { origin: 'null' }, 'another address'],
    [{}, { origin: stage.world.idp.issuer }, 'another address'],
    [{}, { 'sec-fetch-site': 'cross-site' }, 'another site'],
    [{}, { 'sec-fetch-site': 'same-site' }, 'another site'],
    [{}, { 'sec-fetch-dest': 'iframe' }, 'within another page'],
  ] as const) {
    const answer = await approve(fields, { headers })
    expect([why, answer.status, answer.text.includes(why)]).toEqual([why, 403, true])
  }
  const { hidden } = formOf(page, new RegExp(`/${id}$`))
  const { token: _, ...without } = hidden
  expect((await browser.open(page.url, { fields: { ...without, vote: 'approve' }, hops: 0 })).status).toBe(403)
  const kept = session(browser)
  const cookie = `${kept[0].split(' ')[1]!}=${kept[1].value}`
  const bare = await stage.world.ask(undefined, `/approvals/${id}`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...hidden, vote: 'approve' }).toString(),
  })
  expect([bare.status, bare.text.includes('another address')]).toEqual([403, true])
  expect(await votesOn(id)).toBe(0)
  // Signing somebody out is nobody else's either.
  expect((await browser.submit(page, /sign-out/, { token: theirs })).status).toBe(403)
  expect((await approve()).status).toBe(303)
})

test('one form field that comes twice, JSON, and a form of another kind are refused', async () => {
  const { id, browser, page, approve } = await at('mika')
  const { hidden } = formOf(page, new RegExp(`/${id}$`))
  const cookie = `__Host-hoop=${session(browser)[1].value}`
  const headers = { cookie, origin: stage.world.url }
  for (const [type, body] of [
    [
      'application/x-www-form-urlencoded',
      `${new URLSearchParams({ ...hidden, vote: 'deny' }).toString()}&vote=approve`,
    ],
    ['application/json', JSON.stringify({ ...hidden, vote: 'approve' })],
    ['text/plain', new URLSearchParams({ ...hidden, vote: 'approve' }).toString()],
  ] as const) {
    const sent = { method: 'POST', body, headers: { ...headers, 'content-type': type } } as const
    expect((await stage.world.ask(undefined, `/approvals/${id}`, sent)).status).toBe(400)
  }
  expect(await votesOn(id)).toBe(0)
  expect((await approve()).status).toBe(303)
})

test('every page, also one that tells of a mistake, forbids frames, scripts, storing and telling where one was', async () => {
  const { world } = stage
  const { page, browser } = await at('mika')
  const wrong = await browser.open(`${world.url}/approvals/callback?state=x&code=y`)
  const missing = await browser.open(`${world.url}/approvals/gone`)
  expect([wrong.status, missing.status]).toEqual([401, 404])
  for (const { headers, text } of [page, wrong, missing, await stage.browser().open(`${world.url}/approvals`)]) {
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    const policy = String(headers['content-security-policy']).split('; ')
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"]),
    )
    expect(policy.join()).not.toMatch(/script|unsafe|https:|data:/)
    expect(headers).toMatchObject({
      ...{ 'x-frame-options': 'DENY', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
      'referrer-policy': 'same-origin',
    })
    expect(text).toMatch(/^<!doctype html>\s*<html lang="en">/)
    expect(text).not.toMatch(/<script|\son\w+=|style="|src=|@import|url\(/)
    expect(text.match(/<h1>/g)).toHaveLength(1)
  }
})

test('nobody decides on their own, on what they may not, or on what they can’t see', async () => {
  const form = await at('mika')
  for (const [account, status, more] of [
    ['casey', 200, {}],
    ['mika', 200, { subject: 'token:1', owner: 'mika', name: 'mika/ci' }],
    ['ines', 200, {}],
    ['nobody', 404, {}],
  ] as const) {
    const { id, page, browser } = await at(account, more)
    expect([account, page.status]).toEqual([account, status])
    expect(page.text).not.toContain('name="vote"')
    // The fields that they lack, from a page that has them.
    const { hidden } = formOf(form.page, new RegExp(`/${form.id}$`))
    const inbox = await browser.open(`${stage.world.url}/approvals`)
    const { token } = formOf(inbox, /sign-out/).hidden
    const sent = { ...hidden, token: token!, vote: 'approve', reason: 'mine' }
    const answer = await browser.open(`${stage.world.url}/approvals/${id}`, { fields: sent, hops: 0 })
    expect([account, answer.status]).toEqual([account, status === 200 ? 403 : 404])
    expect(await votesOn(id)).toBe(0)
  }
})

test('who is called as whoever asks, under another subject, decides nothing here', async () => {
  for (const name of ['mika@acme.example', 'mika@acme.example/ci']) {
    const { id, approve } = await at('mika', { subject: 'mika-as-another-client-knows-them', name })
    const answer = await approve()
    expect([answer.status, answer.text.includes('whoever asks has your name')]).toEqual([403, true])
    expect(await votesOn(id)).toBe(0)
  }
})

test('who has left the approvers’ group since they signed in decides no more', async () => {
  const { world } = stage
  const { id, approve } = await at('mika')
  await seePerson(
    world.store.db,
    { subject: 'mika', name: 'mika@acme.example', groups: ['interns'], namedAt: Date.now() + 5000 },
    Date.now(),
  )
  const answer = await approve()
  // By the groups that the provider named last the request isn't theirs to see either.
  expect(answer.status).toBe(404)
  expect(await votesOn(id)).toBe(0)
  await seePerson(
    world.store.db,
    { subject: 'mika', name: 'mika@acme.example', groups: ['ml-eng'], namedAt: Date.now() + 6000 },
    Date.now(),
  )
  expect((await approve()).status).toBe(303)
})

test('who has lost the approvers’ group, or a role, since they signed in reads no more', async () => {
  let namedAt = Date.now() + 60_000
  const named = (subject: string, groups: readonly string[]) =>
    seePerson(stage.world.store.db, { subject, name: subject, groups, namedAt: ++namedAt }, Date.now())
  for (const [account, groups] of [
    ['mika', ['ml-eng']],
    ['olu', ['platform', 'dba']],
  ] as const) {
    const { id, browser, page } = await at(account, { text: 'select secret_thing' })
    expect(page.text).toContain('secret_thing')
    await named(account, [])
    const [inbox, one] = [await browser.open(`${stage.world.url}/approvals`), await browser.open(page.url)]
    expect([inbox.text.includes('secret_thing'), one.status, one.text.includes('secret_thing')]).toEqual([
      false,
      404,
      false,
    ])
    await named(account, groups)
    expect((await browser.open(`${stage.world.url}/approvals/${id}`)).text).toContain('secret_thing')
  }
})

test('of who is not signed in, or comes from elsewhere, no body is read, and it counts for their address', async () => {
  await using world = await startWorld({ rates: { login: { per_address: '3/h' } } })
  // Read, it would be refused with 400.
  const sent = {
    method: 'POST',
    body: 'a=1&a=2',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  } as const
  const statuses: number[] = []
  for (const path of ['/approvals/abc', '/approvals/A%3C', '/approvals/sign-out', '/approvals/abc'])
    statuses.push((await world.ask(undefined, path, sent)).status)
  expect(statuses).toEqual([200, 200, 303, 429])
})

test('a form that is longer than any of ours is not read', async () => {
  const { id, approve } = await at('mika')
  expect((await approve({ reason: 'x'.repeat(17_000) })).status).toBe(413)
  expect((await approve({ token: 'x' }, { headers: { origin: 'https://evil.example' } })).text).toContain(
    'another address',
  )
  expect(await votesOn(id)).toBe(0)
})

test('who is shut out, or logged out at the provider, has no session, also once they are back', async () => {
  const { world } = stage
  const revoked = await at('dora')
  const shut = await world.ask('olu', '/v1/people/revoke', {
    method: 'POST',
    body: { person: 'dora', reason: 'lap<top> stolen', unseen: true },
  })
  expect(shut.body['ended']).toMatchObject({ signIns: expect.any(Number) as number })
  expect((shut.body['ended'] as { signIns: number }).signIns).toBeGreaterThan(0)
  const out = await revoked.approve()
  expect([out.status, out.text.includes('not signed in any more')]).toEqual([403, true])
  const again = await stage.signIn(stage.browser(), 'dora', revoked.id)
  expect([again.status, again.text.includes('lap&lt;top&gt; stolen')]).toEqual([403, true])
  await world.ask('olu', '/v1/people/restore', { method: 'POST', body: { person: 'dora' } })
  expect((await revoked.approve()).status).toBe(403)
  expect(await votesOn(revoked.id)).toBe(0)

  const logged = await at('dora')
  const token = await world.idp.sign(
    {
      ...{ sub: 'dora', aud: 'hoop-web', sid: undefined },
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    },
    { typ: 'logout+jwt' },
  )
  const told = await world.ask(undefined, '/v1/backchannel-logout', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ logout_token: token }).toString(),
  })
  expect(told.status).toBe(200)
  const over = await logged.approve()
  expect([over.status, over.text.includes('you were logged out at the identity provider')]).toEqual([401, true])
  expect(await votesOn(logged.id)).toBe(0)
})

test('whom the directory disables has no session', async () => {
  const { world } = stage
  world.state.scim = { matching: 'externalId', groups: false } as never
  try {
    const { id, approve } = await at('olu', { groups: ['dba'] })
    const made = await world.ask(undefined, '/scim/v2/Users', {
      method: 'POST',
      headers: {
        authorization: 'Bearer the-directory-s-secret-of-48-characters-0123456789',
        'content-type': 'application/scim+json',
      },
      body: {
        ...{
          schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
          userName: 'olu',
          externalId: 'olu',
          active: false,
        },
      },
    })
    expect(made.status).toBe(201)
    expect((await approve()).status).toBe(403)
    expect(await votesOn(id)).toBe(0)
  } finally {
    world.state.scim = undefined
  }
})

test('a session is good for these pages alone, and its provider’s tokens for nothing here', async () => {
  const { world } = stage
  const { browser } = await at('mika')
  const cookie = `__Host-hoop=${session(browser)[1].value}`
  for (const path of ['/v1/approvals', '/v1/me', '/v1/connections'])
    expect((await world.ask(undefined, path, { headers: { cookie } })).status).toBe(401)
  const grant = { method: 'POST', body: { connection: 'vectordb' }, headers: { cookie } } as const
  expect((await world.ask(undefined, '/v1/grants', grant)).status).toBe(401)
  const token = await world.idp.sign({ sub: 'mika', aud: 'hoop-web', email: 'mika@acme.example', groups: ['ml-eng'] })
  expect((await world.ask('ana', '/v1/me', { token })).body).toMatchObject({ code: 'TOKEN_INVALID' })
  // Two of a kind may be anybody's.
  const two = await world.ask(undefined, '/approvals', { headers: { cookie: `${cookie}; ${cookie}` } })
  expect(two.text).toContain('>Sign in<')
})

test('a sign-in that has lasted as long as it may is over', async () => {
  const { world } = stage
  const { web } = world.state
  world.state.web = { ...web!, life: 0 }
  const id = await stage.requested()
  const page = await stage.signIn(stage.browser(), 'mika', id)
  world.state.web = web
  expect(page.text).toContain('>Sign in<')
})

test('nothing that people or databases wrote is markup, steers the page or hides in it', async () => {
  const evil = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'&lt;'
  const { page, browser } = await at('mika', {
    text: `select '${evil}' -- \u202e\u2066drop\u2069\u0000\u001b[2J\u200b\n\n\n\n\n\n${' '.repeat(90)}; drop table x\t-- tab`,
    parameters: [`${evil}\u202e`, { cut: evil, bytes: 9 }],
    ...{ reason: `${evil}\u202ex`, name: `casey ${evil}`, message: evil, rule: `r${evil}` },
    ...{ connection: `c${evil}`, database: `d${evil}`, session: evil, policyHash: evil, groups: ['ml-eng', evil] },
    votes: [],
  })
  const inbox = await browser.open(`${stage.world.url}/approvals`)
  for (const { text } of [page, inbox]) {
    expect(text).not.toMatch(/<script|<img|onerror=alert\(1\)>"/)
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\u0000\u001b]/)
  }
  for (const told of [
    '\\u202e',
    '\\u2066drop\\u2069',
    '\\u0000',
    '\\u001b[2J',
    '\\u200b',
    ': 5 blank lines :',
    '[90 blanks]',
  ])
    expect(page.text).toContain(told)
})

test('a statement of a megabyte is shown whole, and its form comes behind it', async () => {
  const text = `insert into t values ${Array.from({ length: 90_000 }, (_, i) => `('${i}<')`).join(',\n')}; -- the end`
  expect(text.length).toBeGreaterThan(1_000_000)
  const { id, page, approve } = await at('mika', { text })
  const end = page.text.indexOf('; -- the end')
  expect(end).toBeGreaterThan(0)
  expect(page.text.indexOf('name="vote"')).toBeGreaterThan(end)
  expect(page.text).toContain('(&#39;89999&lt;&#39;)')
  expect((await approve()).status).toBe(303)
  expect(await votesOn(id)).toBe(1)
})
