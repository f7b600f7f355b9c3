import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { hoop, startHoop } from '../helpers/command/hoop.js'
import { freePort } from '../helpers/postgres/postgres.js'
import { tempFolder } from '../helpers/temp.js'
import { setStage, type Stage } from './stage.js'

let stage: Stage
beforeAll(async () => {
  stage = await setStage(inject('databaseUrl'))
})
afterAll(() => stage[Symbol.asyncDispose]())

const code = /\b[A-Z]{4}-[A-Z]{4}\b/

/** `hoop login` in a home of its own. */
const login = async (more: readonly string[] = [], env: Record<string, string> = {}) => {
  const home = await tempFolder()
  const running = startHoop(['login', stage.gateway.url, '--ca', stage.gateway.caFile, ...more], {
    home: home.path,
    env,
  })
  return {
    home: home.path,
    running,
    status: () => hoop(['status', '--json'], { home: home.path }),
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]()
      await home[Symbol.asyncDispose]()
    },
  }
}

test('says where to go and what to enter, and who it was', async () => {
  await using one = await login()
  const { running, status } = one
  const [userCode] = await running.until(code)
  expect(running.stderr).toContain(`${stage.idp.issuer}/device`)
  expect(running.stderr).not.toMatch(/[█▀▄]/) // no terminal, no QR code
  await stage.idp.approve(userCode, 'mika')
  expect(await running.ended).toMatchObject({
    status: 0,
    stdout: '',
    stderr: expect.stringContaining('mika@acme.example') as string,
  })
  expect(JSON.parse((await status()).stdout)).toMatchObject({
    loggedIn: true,
    person: { subject: 'mika' },
    source: 'file',
  })
})

test('with --json each step is a line', async () => {
  await using one = await login(['--json', '--name', 'work'])
  const { running } = one
  const [userCode] = await running.until(code)
  await stage.idp.approve(userCode, 'mika')
  const { stdout, status } = await running.ended
  const [asked, done, ...rest] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(asked).toMatchObject({
    event: 'code',
    userCode,
    url: `${stage.idp.issuer}/device`,
    expiresAt: expect.any(String) as string,
  })
  expect(done).toMatchObject({
    event: 'logged_in',
    subject: 'mika',
    profile: 'work',
    gateway: stage.gateway.url,
    keptIn: 'file',
  })
  expect([rest, status]).toEqual([[], 0])
})

test('a provider that asks for patience is given it', async () => {
  await using one = await login()
  const { running } = one
  const [userCode] = await running.until(code)
  stage.idp.slowDown(1)
  const approved = Date.now()
  await stage.idp.approve(userCode, 'mika')
  expect((await running.ended).status).toBe(0)
  expect(Date.now() - approved).toBeGreaterThan(4_500) // RFC 8628, section 3.5: 5 s more
})

test('a denial exits with 77 and leaves nothing', async () => {
  await using one = await login()
  const { home, running } = one
  const [userCode] = await running.until(code)
  await stage.idp.deny(userCode)
  expect(await running.ended).toMatchObject({
    status: 77,
    stderr: expect.stringContaining('the login was denied') as string,
  })
  expect(await readdir(home)).toEqual([])
})

test('a code that runs out exits with 75', async () => {
  await using short = await setStage(inject('databaseUrl'), { lifetimes: { deviceCode: 1 } })
  const { status, stderr } = await short.hoop(['login', short.gateway.url, '--ca', short.gateway.caFile])
  expect([status, stderr]).toEqual([75, expect.stringContaining('expired before it was used')])
})

test.for(['SIGINT', 'SIGTERM'] as const)('%s while waiting ends it at once and leaves nothing', async (signal) => {
  await using one = await login()
  const { home, running } = one
  await running.until(code)
  running.process.kill(signal)
  expect((await running.ended).status).toBe(signal === 'SIGINT' ? 130 : 143)
  expect(await readdir(home)).toEqual([])
})

test('an interrupted login leaves an earlier one as it was', async () => {
  await stage.login()
  const before = await stage.hoop(['status', '--json'])
  await using again = stage.start(['login'])
  await again.until(code)
  again.process.kill('SIGINT')
  expect((await again.ended).status).toBe(130)
  const { expiresAt, person } = JSON.parse((await stage.hoop(['status', '--json'])).stdout) as Record<string, unknown>
  expect(JSON.parse(before.stdout)).toMatchObject({ expiresAt, person })
})

test('a second login needs no address, and keeps the CA', async () => {
  await stage.login()
  await using again = stage.start(['login'])
  const [userCode] = await again.until(code)
  await stage.idp.approve(userCode, 'casey')
  expect((await again.ended).status).toBe(0)
  expect(JSON.parse((await stage.hoop(['status', '--json'])).stdout)).toMatchObject({ person: { subject: 'casey' } })
})

test('secrets are in one private file, the profile has none', async () => {
  await stage.login()
  const [file = '', ...others] = await readdir(join(stage.home, 'secrets'))
  expect(others).toEqual([])
  const secrets = JSON.parse(await readFile(join(stage.home, 'secrets', file), 'utf8')) as Record<string, string>
  expect(Object.keys(secrets).sort()).toEqual(['idToken', 'key', 'refreshToken'])
  const profile = await readFile(join(stage.home, 'gateways.json'), 'utf8')
  for (const secret of [secrets.idToken!, secrets.refreshToken!]) expect(profile).not.toContain(secret)
})

test.for([
  ['without an address', [], 64, /which gateway/],
  ['an address of another kind', ['http://gateway.example.com'], 64, /no https address/],
  ['a CA file that isn’t there', ['https://localhost:1', '--ca', 'none.pem'], 64, /none\.pem/],
  ['a CA file that holds none', ['https://localhost:1', '--ca', '/dev/null'], 64, /no certificate/],
] as const)('%s', async ([, args, status, words]) => {
  await using home = await tempFolder()
  const result = await hoop(['login', ...args], { home: home.path })
  expect(result).toMatchObject({ status, stderr: expect.stringMatching(words) as string })
})

test('a gateway whose certificate isn’t known: one sentence, one hint, 69', async () => {
  await using home = await tempFolder()
  const { status, stderr } = await hoop(['login', stage.gateway.url], { home: home.path })
  expect([status, stderr]).toEqual([
    69,
    expect.stringMatching(/^hoop: the gateway’s certificate is not trusted: [^\n]*\nhint: [^\n]*--ca[^\n]*\n$/),
  ])
})

test('an address where nothing listens', async () => {
  await using home = await tempFolder()
  const { status, stderr } = await hoop(['login', `https://127.0.0.1:${await freePort()}`], { home: home.path })
  expect([status, stderr]).toEqual([69, expect.stringContaining('nothing listens there')])
})

test.for([
  ['a clock that is far behind', { time: '2100-01-01T00:00:00Z' }, 77, /\d s behind/],
  ['a gateway that speaks something newer', { tunnel: 'hoop-pg/9' as never }, 76, /hoop-pg\/9/],
  [
    'an identity provider that doesn’t answer',
    { issuer: 'http://127.0.0.1:9' },
    69,
    /identity provider does not answer/,
  ],
  ['an issuer over plain http', { issuer: 'http://login.example.com' }, 69, /does not use https/],
] as const)('%s', async ([, info, status, words]) => {
  const before = stage.gateway.info
  stage.gateway.info = { ...before, ...info }
  await using home = await tempFolder()
  const result = await hoop(['login', stage.gateway.url, '--ca', stage.gateway.caFile], { home: home.path })
  stage.gateway.info = before
  expect(result).toMatchObject({ status, stderr: expect.stringMatching(words) as string })
  expect(await readdir(home.path)).toEqual([])
})
