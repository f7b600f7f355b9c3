import { chmod, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { tempFolder } from '../helpers/temp.js'
import { setStage, type Stage } from './stage.js'

let stage: Stage
beforeAll(async () => {
  stage = await setStage(inject('databaseUrl'))
  await stage.login()
})
afterAll(() => stage[Symbol.asyncDispose]())

test('who, until when, which gateway', async () => {
  const { status, stdout, stderr } = await stage.hoop(['status'])
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^Person +mika@acme\.example$/m)
  expect(stdout).toMatch(/^Until +(?:1 h|\d+ min) .*then renewed$/m)
  expect(stdout).toContain(stage.gateway.url)
  expect(stdout).toMatch(/^Reachable +yes$/m)
})

test('what is left of each budget, for people and for scripts', async () => {
  const left = { unit: 'rows', limit: 200_000, used: 1500, left: 198_500 } as const
  const until = '2026-11-26T00:00:00.000Z'
  stage.gateway.usage = [
    {
      connection: 'vectordb',
      policy: 'research',
      budgets: [
        { budget: 'identity', per: 'day', until, ...left },
        { budget: 'questions', per: 'day', until, unit: 'guesses', limit: 100, used: 1, left: 99 },
      ],
    },
  ]
  const { stdout, stderr } = await stage.hoop(['status'])
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^CONNECTION +BUDGET +LEFT +OF +UNTIL$/m)
  expect(stdout).toMatch(/^vectordb +you, per day +198,500 rows +200,000 +2026-11-26T00:00:00.000Z$/m)
  expect(stdout).toMatch(
    /^vectordb +questions about masked values, per day +99 guesses +100 +2026-11-26T00:00:00.000Z$/m,
  )
  const json = await stage.hoop(['status', '--json'])
  expect(JSON.parse(json.stdout)).toMatchObject({ budgets: stage.gateway.usage })
  stage.gateway.usage = []
})

test('a gateway that can’t be reached: the person is known, 69', async () => {
  await using gone = await setStage(inject('databaseUrl'))
  await gone.login()
  await gone.gateway[Symbol.asyncDispose]()
  const { status, stdout } = await gone.hoop(['status'])
  expect([status, stdout]).toEqual([69, expect.stringMatching(/mika[^]*Reachable +no: the gateway does not answer/)])
  const json = await gone.hoop(['status', '--json'])
  expect(JSON.parse(json.stdout)).toMatchObject({
    loggedIn: true,
    reachable: false,
    problem: { code: 'GATEWAY_UNREACHABLE' },
  })
})

test('a clock that is off is warned of', async () => {
  const before = stage.gateway.info
  stage.gateway.info = { ...before, time: new Date(Date.now() - 300_000).toISOString() }
  const { stderr } = await stage.hoop(['status'])
  stage.gateway.info = before
  expect(stderr).toMatch(/warning: this machine's clock is (5 min|4 min 59 s|5 min 1 s)[^\n]*ahead/)
})

test('nobody logged in: 77, with the command that helps', async () => {
  await using home = await tempFolder()
  const { status, stderr } = await stage.hoop(['status'], { home: home.path })
  expect([status, stderr]).toEqual([77, expect.stringContaining('hoop login')])
})

test('an unknown profile: 77', async () => {
  expect((await stage.hoop(['status', '--gateway', 'elsewhere'])).status).toBe(77)
})

test('HOOP_TOKEN: who it is, with no file written but the key that its token belongs to', async () => {
  await using home = await tempFolder()
  const { stdout, status } = await stage.hoop(['status', '--json'], { home: home.path, env: await stage.token() })
  expect([status, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ source: 'HOOP_TOKEN', renewable: false })])
  expect(await readdir(home.path, { recursive: true })).toEqual(['locks', 'secrets', 'secrets/key-of-tokens.json'])
})

test('secrets that others can read are refused', async () => {
  await using open = await setStage(inject('databaseUrl'))
  await open.login()
  const [file = ''] = await readdir(join(open.home, 'secrets'))
  await chmod(join(open.home, 'secrets', file), 0o644)
  const { status, stderr } = await open.hoop(['status'])
  expect([status, stderr]).toEqual([74, expect.stringContaining('can be read by other users')])
})

test('HOOP_KEYRING takes three words', async () => {
  const { status, stderr } = await stage.hoop(['status'], { env: { HOOP_KEYRING: 'vault' } })
  expect([status, stderr]).toEqual([78, expect.stringContaining('auto, system or file')])
})
