import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { setStage, type Stage } from './stage.js'

const secretsOf = async (stage: Stage): Promise<[path: string, secrets: Record<string, string>]> => {
  const folder = join(stage.home, 'secrets')
  const [file = ''] = await readdir(folder)
  return [join(folder, file), JSON.parse(await readFile(join(folder, file), 'utf8')) as Record<string, string>]
}

test('four commands at once share one rotating refresh token without losing the login', async () => {
  // Shorter than the margin: every command must refresh before it may ask.
  await using stage = await setStage(inject('databaseUrl'), { lifetimes: { idToken: 30 } })
  await stage.login()
  const [, before] = await secretsOf(stage)
  const runs = await Promise.all(Array.from({ length: 4 }, () => stage.hoop(['connections', '--json'])))
  expect(runs.map(({ status, stderr }) => [status, stderr])).toEqual(runs.map(() => [0, '']))
  const [, after] = await secretsOf(stage)
  expect(after.refreshToken).not.toBe(before.refreshToken)
  expect(after.key).toEqual(before.key)
  // A reused token would have ended the whole chain (RFC 9700, section 4.14.2).
  expect((await stage.hoop(['connections', '--json'])).status).toBe(0)
  expect(await readdir(join(stage.home, 'locks'))).toEqual([])
})

test('a person who was disabled at the provider is out at the next refresh', async () => {
  await using stage = await setStage(inject('databaseUrl'), { lifetimes: { idToken: 30 } })
  await stage.login()
  stage.idp.disable('mika')
  const { status, stderr } = await stage.hoop(['connections'])
  expect([status, stderr]).toEqual([
    77,
    expect.stringMatching(
      /^hoop: the identity provider refused to renew your login: it says [^\n]+\nhint: Run: hoop login\n$/,
    ),
  ])
})

test('a provider that doesn’t answer is told apart: 69, and the login stays', async () => {
  await using stage = await setStage(inject('databaseUrl'), { lifetimes: { idToken: 30 } })
  await stage.login()
  const [path, secrets] = await secretsOf(stage)
  await stage.idp[Symbol.asyncDispose]()
  const { status, stderr } = await stage.hoop(['connections'])
  expect([status, stderr]).toEqual([69, expect.stringContaining('the identity provider does not answer')])
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(secrets)
})

test('a login that cannot be read asks for a new one', async () => {
  await using stage = await setStage(inject('databaseUrl'))
  await stage.login()
  const [path] = await secretsOf(stage)
  await writeFile(path, '{"idTok')
  expect((await stage.hoop(['connections'])).status).toBe(77)
})

test('a gateway that says 401 while clocks differ: the clock is to blame', async () => {
  await using stage = await setStage(inject('databaseUrl'))
  await stage.login()
  stage.gateway.ahead = 600_000
  stage.gateway.refuse('/v1/connections', 401, { code: 'TOKEN_EXPIRED', message: 'the token has expired', hint: '' })
  const { status, stderr } = await stage.hoop(['connections'])
  expect([status, stderr]).toEqual([77, expect.stringMatching(/this machine is (599|600|601|598) s behind/)])
})
