import { afterAll, beforeAll, expect, test } from 'vitest'
import { type WebStage, webStage } from './stage.js'

let stage: WebStage
beforeAll(async () => {
  stage = await webStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

const stateOf = async (id: string) => (await stage.world.approvals.records.find(id)).state

test('somebody signs in from a request’s page, reads it, approves it, and sees it settled in the inbox', async () => {
  const { world } = stage
  const id = await stage.requested({
    text: "delete from documents\nwhere note = 'x'",
    parameters: ['tea', null, { hex: 'ff' }],
    reason: 'OPS-1',
    message: 'deletions are looked at',
  })
  const browser = stage.browser()
  const before = await browser.open(`${world.url}/approvals/${id}`)
  expect(before.status).toBe(200)
  expect(before.text).toContain('Sign in')
  expect(before.text).not.toContain('documents')
  const page = await stage.signIn(browser, 'mika', id)
  expect([page.status, page.url]).toEqual([200, `${world.url}/approvals/${id}`])
  for (const told of [
    'casey@contractor.example asks to run a statement on vectordb',
    'delete from documents',
    'where note = &#39;x&#39;',
    '$1 = &#39;tea&#39;',
    '$2 = NULL',
    '$3 = \\xff',
    'OPS-1',
    'bulk-read: deletions are looked at',
    'the session is held',
    'Signed in as <strong>mika@acme.example</strong>',
  ])
    expect(page.text).toContain(told)
  const inbox = await browser.open(`${world.url}/approvals`)
  expect(inbox.text).toContain('For you to decide')
  expect(inbox.text).toContain(`/approvals/${id}`)
  const done = await browser.submit(page, new RegExp(`/${id}$`), { vote: 'approve', reason: 'ticket 42' })
  expect(done.text).toContain('You approved this.')
  expect(done.text).not.toContain('name="vote"')
  const record = await world.approvals.records.find(id)
  expect(record).toMatchObject({
    state: 'approved',
    votes: [{ subject: 'mika', vote: 'approve', reason: 'ticket 42' }],
  })
  expect(world.acts.at(-1)).toMatchObject({ act: 'approval.approve', by: { subject: 'mika' }, target: id })
})

test('a denial needs a reason, and what was typed stays', async () => {
  const id = await stage.requested()
  const browser = stage.browser()
  const page = await stage.signIn(browser, 'mika', id)
  const form = new RegExp(`/${id}$`)
  const empty = await browser.submit(page, form, { vote: 'deny', reason: ' \r\n ' })
  expect(empty.status).toBe(400)
  expect(empty.text).toContain('role="alert"')
  const long = await browser.submit(page, form, { vote: 'approve', reason: 'r"<b>'.repeat(300) })
  expect(long.status).toBe(400)
  expect(long.text).toContain('r&quot;&lt;b&gt;')
  for (const reason of ['no\u001b[2J', 'no\u202e'])
    expect((await browser.submit(page, form, { vote: 'deny', reason })).status).toBe(400)
  expect((await browser.submit(page, form, { vote: 'maybe', reason: 'x' })).status).toBe(400)
  expect(await stateOf(id)).toBe('open')
  const done = await browser.submit(page, form, { vote: 'deny', reason: 'use the\r\nreplica' })
  expect(done.text).toContain('You denied this.')
  expect((await stage.world.approvals.records.find(id)).votes[0]?.reason).toBe('use the replica')
})

test('a request for access for a while stands in the same inbox, and is approved the same way', async () => {
  const id = await stage.requested({
    ...{ access: { policy: 'incident', for: 7_200_000 }, life: 7_200_000, mode: 'retry', database: '', session: '' },
    ...{ policyHash: '', rule: 'access', text: 'access to vectordb under the policy incident for 2h' },
  })
  const browser = stage.browser()
  const page = await stage.signIn(browser, 'mika', id)
  expect(page.text).toContain('asks for access to vectordb')
  expect(page.text).toContain('2 h, counted from the approval')
  const done = await browser.submit(page, new RegExp(`/${id}$`), { vote: 'approve', reason: '' })
  expect(done.text).toContain('Approved · 2 h left')
  expect(stage.world.acts.at(-1)).toMatchObject({ act: 'access.approve', by: { subject: 'mika' } })
})

test('what was settled meanwhile says by whom, a form that comes twice does nothing more', async () => {
  const { world } = stage
  const [id, twice] = [await stage.requested({ needed: 1 }), await stage.requested()]
  const browser = stage.browser()
  const page = await stage.signIn(browser, 'mika', id)
  await world.approvals.decide(id, { subject: 'dora', name: 'Dora <b>', groups: ['dpo'] }, 'deny', 'not <now>')
  const late = await browser.submit(page, new RegExp(`/${id}$`), { vote: 'approve', reason: 'kept' })
  expect(late.status).toBe(409)
  expect(late.text).toMatch(
    /role="alert">\s*<p>Nothing was done: this request is settled\.<\/p><p>Denied by Dora &lt;b&gt;/,
  )
  expect(late.text).not.toContain('<now>')

  const form = await browser.open(`${world.url}/approvals/${twice}`)
  const send = () => browser.submit(form, new RegExp(`/${twice}$`), { vote: 'approve', reason: '' })
  const answers = await Promise.all([send(), send(), send()])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect((await world.approvals.records.find(twice)).votes).toHaveLength(1)

  const expired = await stage.requested({ expiresAt: new Date(Date.now() + 60_000).toISOString() })
  const open = await browser.open(`${world.url}/approvals/${expired}`)
  await world.approvals.records.settle(expired, ['open'], 'expired', Date.now())
  const over = await browser.submit(open, new RegExp(`/${expired}$`), { vote: 'approve' })
  expect([over.status, over.text.includes('<p>Expired')]).toEqual([409, true])
})

test('a decision is on what the page showed: where that is another by now, it is shown and nothing decided', async () => {
  const { world } = stage
  const id = await stage.requested({ text: 'select 1' })
  const browser = stage.browser()
  const page = await stage.signIn(browser, 'mika', id)
  await world.store.db.updateTable('approvals').set({ text: 'drop table documents' }).where('id', '=', id).execute()
  const stale = await browser.submit(page, new RegExp(`/${id}$`), { vote: 'approve' })
  expect(stale.status).toBe(409)
  expect(stale.text).toContain('the request is another than the page showed')
  expect(stale.text).toContain('drop table documents')
  expect(await stateOf(id)).toBe('open')
  const other = await stage.requested()
  const foreign = await browser.submit(page, new RegExp(`/${id}$`), { vote: 'approve', digest: 'x' })
  expect(foreign.status).toBe(409)
  expect(await stateOf(other)).toBe('open')
})

test('what takes two people says so to the first, and who has voted is asked no more', async () => {
  const id = await stage.requested({ needed: 2 })
  const [one, two] = [stage.browser(), stage.browser()]
  const first = await one.submit(await stage.signIn(one, 'mika', id), new RegExp(`/${id}$`), { vote: 'approve' })
  expect(first.text).toContain('It takes somebody else, too.')
  const second = await two.submit(await stage.signIn(two, 'dora', id), new RegExp(`/${id}$`), { vote: 'approve' })
  expect(second.text).toContain('Approved by mika@acme.example, ')
  expect(await stateOf(id)).toBe('approved')
})

test('who signs out is out, and a sign-in ends by itself', async () => {
  const { world } = stage
  const id = await stage.requested()
  const browser = stage.browser()
  const page = await stage.signIn(browser, 'mika', id)
  const kept = new Map(browser.cookies)
  expect((await browser.submit(page, /sign-out/)).text).toContain('>Sign in<')
  for (const [key, cookie] of kept) browser.cookies.set(key, cookie)
  expect((await browser.open(`${world.url}/approvals/${id}`)).text).toContain('>Sign in<')

  // In the middle of its life a session is good, at its end it isn't.
  const { WebSessions } = await import('../../../../../src/identity/web/sessions.js')
  const sessions = new WebSessions()
  const person = { subject: 'x', issuer: 'i', name: 'x', groups: [] }
  const secret = sessions.open({ person, client: 'c', expiresAt: 1000 }, 0)
  expect(sessions.find(secret, 'c', 999)?.person).toBe(person)
  expect(sessions.find(secret, 'c', 1000)).toBeUndefined()
  expect(sessions.find(secret, 'd', 999)).toBeUndefined()
  const many = Array.from({ length: 11 }, () => sessions.open({ person, client: 'c', expiresAt: 1000 }, 0))
  expect(many.map((one) => sessions.find(one, 'c', 1) !== undefined)).toEqual([false, ...Array<boolean>(10).fill(true)])
  expect(sessions.endOf('x')).toBe(10)
})

test('without a web client the page names the commands, and nothing else is there', async () => {
  const { world } = stage
  const { web } = world.state
  world.state.web = undefined
  try {
    const id = await stage.requested()
    const page = await world.ask(undefined, `/approvals/${id}`)
    expect([page.status, page.text.includes(`hoop approvals approve ${id}`)]).toEqual([200, true])
    expect(page.text).not.toContain('Sign in')
    expect((await world.ask(undefined, '/approvals')).text).toContain('hoop approvals watch')
    for (const path of ['/approvals/sign-in', '/approvals/callback?state=x&code=y'])
      expect((await world.ask(undefined, path)).status).toBe(404)
  } finally {
    world.state.web = web
  }
})
