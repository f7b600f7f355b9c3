import { readFile } from 'node:fs/promises'
import { Agent, request } from 'undici'
import { expect, test } from 'vitest'
import { started, type Started } from './started.js'

const token = 'a-secret-of-the-directory-0123456789'
const section = '  scim:\n    token: env:SCIM_TOKEN\n'

const begin = (more = ''): Promise<Started> =>
  started((folder) => folder.edit(/^identity:\n/m, `identity:\n${section}${more}`), { env: { SCIM_TOKEN: token } })

const directory = async (it: Started) => {
  const dispatcher = new Agent({ connect: { ca: await readFile(it.caFile) } })
  return async (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
    const answer = await request(`${it.gateway.url}/scim/v2${path}`, {
      ...{ method, headers, dispatcher },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.body.text()
    return { status: answer.statusCode, body: (text ? JSON.parse(text) : {}) as { id: string; active?: boolean } }
  }
}
const operations = (...Operations: unknown[]) => ({ Operations })

test('somebody whom the directory disables or deletes is out, and in again when it enables them and they log in anew', async () => {
  await using it = await begin()
  const send = await directory(it)
  let mika = await it.person('mika')
  const user = { userName: 'mika@acme.example', externalId: 'mika', active: true }
  const { id } = (await send('POST', '/Users', user)).body
  for (const out of [
    () => send('PATCH', `/Users/${id}`, operations({ op: 'Replace', path: 'active', value: 'False' })),
    () => send('DELETE', `/Users/${id}`),
  ]) {
    // Those that there were are revoked for good.
    const grant = await mika.grant()
    const session = await mika.connect(grant)
    const [error, answer] = await Promise.all([session.ended, out()])
    expect(answer.status).toBeLessThan(300)
    expect(error).toMatchObject({
      ...{ code: '57P01', severity: 'FATAL' },
      message: expect.stringContaining('your access was revoked: disabled by the directory') as string,
    })
    await expect(mika.grant()).rejects.toMatchObject({ code: 'PERSON_REVOKED' })
    await expect(mika.connect(grant)).rejects.toMatchObject({ code: 'PERSON_REVOKED' })
    if (answer.status !== 200) continue
    await send('PATCH', `/Users/${id}`, operations({ op: 'Replace', path: 'active', value: 'True' }))
    // The login is good again when it was made since; one of the same second counts as older.
    await expect(mika.grant()).rejects.toMatchObject({ code: 'TOKEN_OUTDATED' })
    const second = Math.floor(Date.now() / 1000)
    await expect.poll(() => Math.floor(Date.now() / 1000)).toBeGreaterThan(second)
    mika = await it.person('mika')
  }
  expect(it.log).toContainEqual(expect.objectContaining({ act: 'scim.user.remove', byName: 'SCIM', target: id }))
  expect(JSON.stringify(it.log)).not.toContain(token)
})

test('a group that the directory takes away ends sessions at once, and grants give nothing by it', async () => {
  await using it = await begin('    groups: true\n')
  const send = await directory(it)
  const mika = await it.person('mika')
  await expect(mika.grant()).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
  const user = (await send('POST', '/Users', { userName: 'mika@acme.example', externalId: 'mika' })).body
  const group = (await send('POST', '/Groups', { displayName: 'ml-eng', members: [{ value: user.id }] })).body
  const grant = await mika.grant()
  const session = await mika.connect(grant)
  expect((await session.client.query('SELECT 1')).rowCount).toBe(1)
  const [error] = await Promise.all([
    session.ended,
    send('PATCH', `/Groups/${group.id}`, operations({ op: 'Remove', path: 'members', value: [{ value: user.id }] })),
  ])
  expect(error).toMatchObject({ code: '57P01', message: expect.stringContaining('you may no longer use') as string })
  await expect(mika.connect(grant)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
})

test.for<[string, Record<string, string>, string, RegExp]>([
  [
    'too short',
    { SCIM_TOKEN: 'a'.repeat(31) },
    'CONFIG_INVALID',
    /hoop\.yaml:\d+:\d+: the token has fewer than 32 characters/,
  ],
  ['missing', {}, 'SECRET_MISSING', /hoop\.yaml:\d+:\d+: environment variable SCIM_TOKEN is not set/],
])('a gateway doesn’t start with a token that is %s, and doesn’t tell it', async ([, env, code, why]) => {
  const failure: unknown = await started((folder) => folder.edit(/^identity:\n/m, `identity:\n${section}`), {
    env,
  }).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code, message: expect.stringMatching(why) as string })
  expect(String(failure)).not.toContain('aaaa')
})
