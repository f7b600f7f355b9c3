import { mkdir, writeFile } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import type { GrantAnswer } from '../../../../src/lib/api.js'
import type { Approval } from '../../../../src/lib/api/approvals.js'
import { findChromium, openChromium, type Tab } from '../../../helpers/chromium.js'
import { started } from './started.js'

const secret = 'the-client-s-own-secret-in-a-file'

const text = `-- the old ones go, the embeddings with them
DELETE FROM documents
 WHERE source = $1
   AND created_at < now() - interval '90 days'`

/** A gateway on which people sign in by a browser, and a statement of casey's that waits. */
const waiting = async () => {
  await using stack = new AsyncDisposableStack()
  const world = stack.use(
    await started(
      async (folder) => {
        await writeFile(folder.file('web.secret'), `${secret}\n`, { mode: 0o600 })
        await folder.edit(
          /^identity:\n/m,
          'identity:\n  web: { client_id: hoop-web, client_secret: "file:web.secret", session: 1h }\n',
        )
        await folder.edit(
          /^ {4}rules: \[\]/m,
          `    rules:
      - { name: deletions, when: { statement: [delete] }, do: approve, message: what is deleted is looked at first,
          approvers: { groups: [security], count: 1 } }`,
        )
      },
      {},
      { group: 'contractors' },
    ),
  )
  world.idp.allowWeb({
    clientId: 'hoop-web',
    secret,
    redirectUri: `${world.gateway.url.replace(/\/$/, '')}/approvals/callback`,
  })
  const casey = await world.person('casey')
  const grant = { connection: 'vectordb', reason: 'OPS-4711: the import of 2024 is to go' }
  const { client } = await casey.connect(await casey.client.post<GrantAnswer>('/v1/grants', grant))
  await client.query('CREATE TABLE IF NOT EXISTS documents (source text, created_at timestamptz)')
  const result = client.query(text, ['import-2024'])
  result.catch(() => undefined)
  const request = await vi.waitFor(async () => {
    const [one] = (await casey.client.get<{ approvals: Approval[] }>('/v1/approvals?state=open')).approvals
    return one ?? Promise.reject(new Error('nothing waits yet'))
  }, 30_000)
  const owned = stack.move()
  return { ...world, client, result, request, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** Where pictures for the documentation go, if they are wanted. */
const pictures = process.env['HOOP_WRITE_PICTURES'] ? new URL('../../../../docs/images/', import.meta.url) : undefined

const picture = async (tab: Tab, name: string, height?: number): Promise<void> => {
  if (!pictures) return
  const png = await tab.picture(height)
  await mkdir(pictures, { recursive: true })
  await writeFile(new URL(`${name}.png`, pictures), png)
}

const program = findChromium()

test.skipIf(program === undefined)(
  'in Chromium, without scripts and by the keyboard alone: sign in, find the request in the inbox, approve it; the statement runs (skipped where no Chromium is found)',
  async () => {
    await using world = await waiting()
    await using tab = await openChromium(program!)
    const { request, gateway, result } = world
    const desk = { width: 880, height: 900 }
    await tab.resize(desk)
    await tab.goto(`${gateway.url.replace(/\/$/, '')}/approvals`)
    await picture(tab, 'approval-sign-in', 420)
    await tab.focus(/^Sign in$/)
    await tab.enter()
    await tab.until('heading', /^Sign in as/)
    await tab.focus(/^Inês Duarte/)
    await tab.enter()
    await tab.until('heading', /^Allow hoop/)
    await tab.focus(/^Allow$/)
    await tab.enter()
    await tab.until('heading', /^1 request for you$/)
    expect(await tab.url()).toBe(`${gateway.url.replace(/\/$/, '')}/approvals`)
    await picture(tab, 'approval-inbox', 420)
    await tab.focus(/casey.*deletions/)
    await tab.enter()
    await tab.until('heading', /casey@contractor\.example asks to run a statement on vectordb/)
    const spoken = await tab.spoken()
    const roles = (role: string) => spoken.filter((one) => one.role === role).map(({ name }) => name)
    expect(roles('main')).toHaveLength(1)
    expect(roles('heading').slice(1)).toEqual(['Statement', 'Parameters', 'Your decision'])
    expect(roles('button')).toEqual(['Sign out', 'Approve', 'Deny'])
    expect(spoken).toContainEqual({
      ...{ role: 'textbox', name: 'Reason' },
      description: 'A denial needs one. casey@contractor.example reads it, and it is kept.',
    })
    await picture(tab, 'approval-request')
    await tab.resize({ ...desk, dark: true })
    await picture(tab, 'approval-request-dark')
    await tab.resize({ width: 320, height: 700 })
    expect(await tab.width()).toBe(320)
    await picture(tab, 'approval-request-narrow')
    await tab.resize(desk)

    await tab.focus(/^Deny$/)
    await tab.enter()
    const alert = await tab.until('alert', /^/)
    expect(alert.role).toBe('alert')
    expect((await tab.spoken()).map(({ name }) => name).join('\n')).toContain('a denial needs a reason')
    await tab.focus(/^Reason$/)
    await tab.type('seen with Casey')
    await tab.focus(/^Approve$/)
    await tab.enter()
    await tab.until('StaticText', /^You approved this\.$/)
    await picture(tab, 'approval-done')
    expect((await result).command).toBe('DELETE')
    const { approvals } = await (await world.person('ines')).client.get<{ approvals: Approval[] }>('/v1/approvals')
    expect(approvals.find(({ id }) => id === request.id)).toMatchObject({
      state: 'used',
      votes: [{ subject: 'ines', vote: 'approve', reason: 'seen with Casey' }],
    })
    expect(JSON.stringify(world.log)).not.toContain(secret)
  },
  120_000,
)
