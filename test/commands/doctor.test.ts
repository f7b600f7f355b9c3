import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { tempFolder } from '../helpers/temp.js'
import { setStage, type Stage } from './stage.js'

let stage: Stage
beforeAll(async () => {
  stage = await setStage(inject('databaseUrl'))
})
afterAll(() => stage[Symbol.asyncDispose]())

const findings = async (env: Record<string, string>) => {
  const { stdout, status } = await stage.hoop(['doctor', '--json'], { env })
  const found = (JSON.parse(stdout) as { findings: { what: string; state: string; says: string; hint?: string }[] })
    .findings
  return { status, of: (what: string) => found.filter((each) => each.what === what), text: stdout }
}

test('where all is well: each thing in a line, 0, and nothing secret', async () => {
  const env = await stage.token()
  const { status, of, text } = await findings(env)
  expect([status, of('login')[0]?.state, of('connection').map(({ says }) => says)]).toEqual([
    0,
    'ok',
    [expect.stringContaining('vectordb under policy')],
  ])
  expect(of('variables')[0]?.says).toContain('HOOP_TOKEN')
  expect(text).not.toContain(env.HOOP_TOKEN)
  const { stdout } = await stage.hoop(['doctor'], { env })
  expect(stdout).toMatch(/^ok {5}hoop {8}\d/m)
  expect(stdout.split('\n').length).toBeLessThan(24)
})

test('nobody logged in: what to do, 78', async () => {
  await using folder = await tempFolder()
  const { status, of } = await findings({
    HOOP_HOME: folder.path,
    HOOP_GATEWAY: stage.gateway.url,
    HOOP_CA: stage.gateway.caFile,
  })
  expect([status, of('login')[0]]).toEqual([
    78,
    {
      what: 'login',
      state: 'wrong',
      says: expect.stringContaining('not logged in') as string,
      hint: expect.stringContaining('hoop login') as string,
    },
  ])
})

test('a gateway that isn’t there, and none at all', async () => {
  await using folder = await tempFolder()
  const gone = await findings({
    HOOP_HOME: folder.path,
    HOOP_GATEWAY: 'https://localhost:1',
    HOOP_TOKEN: (await stage.token()).HOOP_TOKEN,
  })
  expect([gone.status, gone.of('gateway')[0]?.state]).toEqual([78, 'wrong'])
  expect(gone.of('gateway')[0]?.hint).not.toBe('')
  const none = await findings({ HOOP_HOME: folder.path })
  expect([none.status, none.of('login')[0]?.hint]).toEqual([78, expect.stringContaining('hoop login')])
})
