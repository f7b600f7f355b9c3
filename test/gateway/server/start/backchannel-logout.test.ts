import { readFile } from 'node:fs/promises'
import { Agent, fetch as send } from 'undici'
import { expect, test } from 'vitest'
import { tokenCredentials } from '../../../../src/agent/login/credentials.js'
import { startGateway } from '../../../../src/gateway/server/start/start.js'
import { deviceTokens } from '../../../helpers/login.js'
import { holder } from './person.js'
import { logInto, started, type Started } from './started.js'

/** The provider tells the gateway of logouts, over TLS. */
const told = async (it: Started, session: boolean): Promise<void> => {
  const dispatcher = new Agent({ connect: { ca: await readFile(it.caFile) } })
  const uri = `${it.gateway.url}/v1/backchannel-logout`
  const through = (url: unknown, options: unknown) => send(url as string, { ...(options as object), dispatcher })
  it.idp.tellLogouts({ uri, session, fetch: through })
}

/** Somebody with a key of their own who has signed in in a browser of their own. */
const signedIn = async (it: Started, account: string) => {
  const { idToken } = await deviceTokens(it.idp, account)
  const credentials = await tokenCredentials(idToken)
  return {
    idToken,
    credentials,
    ...(await holder(credentials, { url: it.gateway.url, caFile: it.caFile })),
  }
}

const refused = { code: 'LOGGED_OUT' }
const words = {
  code: '57P01',
  severity: 'FATAL',
  message: expect.stringContaining('you were logged out at the identity provider') as string,
}

test('who signs out in one browser loses what came from it, and nothing else', async () => {
  await using it = await started()
  await told(it, true)
  const first = await signedIn(it, 'mika')
  const dora = await signedIn(it, 'dora')
  const second = await signedIn(it, 'mika')
  const [stays, goes, other] = [await first.connect(), await second.connect(), await dora.connect()]
  await it.idp.logOut('mika')
  expect(await goes.ended).toMatchObject(words)
  await expect(second.grant()).rejects.toMatchObject(refused)
  for (const session of [stays, other]) expect((await session.client.query('SELECT 1')).rowCount).toBe(1)
  expect((await first.grant()).subject).toBe('mika')
  expect(it.log).toContainEqual(
    expect.objectContaining({ msg: 'administrative act', act: 'login.end', subject: 'mika' }),
  )
})

test('where the provider names the person alone, all of theirs ends, a refreshed login too; a new one is good', async () => {
  await using it = await started()
  await told(it, false)
  const first = await signedIn(it, 'mika')
  const held = await first.grant()
  const second = await signedIn(it, 'mika')
  const sessions = [await first.connect(held), await second.connect()]
  await it.idp.logOut('mika')
  for (const { ended } of sessions) expect(await ended).toMatchObject(words)
  await expect(first.connect(held)).rejects.toMatchObject(refused)
  await expect(second.grant()).rejects.toMatchObject(refused)
  await new Promise((resolve) => setTimeout(resolve, 1100))

  // oidc-provider keeps offline access through a logout, and refreshes the login. It's still the one that has ended.
  const gateway = { url: it.gateway.url, caFile: it.caFile }
  const later = await it.idp.sign({ sub: 'mika', email: 'mika@acme.example', groups: ['ml-eng'] })
  const refreshed = { ...first.credentials, token: async () => later, renew: async () => later }
  const old = await holder(refreshed, gateway)
  await expect(old.grant()).rejects.toMatchObject(refused)

  const anew = await signedIn(it, 'mika')
  expect((await (await anew.connect()).client.query('SELECT 1')).rowCount).toBe(1)

  // After a restart as well.
  await it.gateway.close(0)
  const again = await startGateway({ config: it.folder.config, version: '0.0.0', log: logInto([]), env: {} })
  try {
    const reach = { url: again.url, caFile: it.caFile }
    const before = await holder(second.credentials, reach)
    await expect(before.grant()).rejects.toMatchObject(refused)
    const after = await holder(anew.credentials, reach)
    expect((await after.grant()).subject).toBe('mika')
    for (const one of [before, after]) await one[Symbol.asyncDispose]()
  } finally {
    await again.close(0)
  }
  for (const one of [first, second, anew, old]) await one[Symbol.asyncDispose]()
})
