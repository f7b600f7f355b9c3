import { rename, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { Client } from 'pg'
import { hoop, startHoop } from '../helpers/command/hoop.js'
import { tempFolder } from '../helpers/temp.js'
import { programStage, type ProgramStage } from './workload-stage.js'

let stage: ProgramStage
beforeAll(async () => {
  const { href } = Object.assign(new URL(inject('databaseUrl')), { search: '' })
  stage = await programStage(`${href}?sslmode=verify-full&sslrootcert=${inject('caFile')}`)
})
afterAll(() => stage[Symbol.asyncDispose]())

/** What the operator gave the job, and nothing else. */
const given = () => ({ HOOP_GATEWAY: stage.gateway.url, HOOP_CA: stage.gateway.caFile })
const sign = (name: string, claims: Record<string, unknown>) =>
  stage.issuers.control.sign(name, { aud: stage.gateway.url, ...claims })
const project = { project_id: '12', project_path: 'acme/app', ref: 'main', sub: 'project_path:acme/app:ref:main' }
const pod = { sub: 'system:serviceaccount:ci:loader', 'kubernetes.io': { namespace: 'ci' } }
const whoami = ['exec', 'vectordb', "SELECT current_setting('application_name')", '--format', 'csv']

test('a GitHub job with id-token: write needs the gateway’s address and nothing else, for every command', async () => {
  await using home = await tempFolder()
  const env = { ...given(), ...stage.issuers.github }
  for (let times = 0; times < 2; times++) {
    const { status, stdout, stderr } = await hoop(whoami, { home: home.path, env })
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('hoop:workload:deploy:4711/')
  }
  const { stdout } = await hoop(['status', '--json'], { home: home.path, env })
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ source: 'GitHub Actions', loggedIn: true, person: { subject: 'workload:deploy:4711' } },
    workload: { trust: 'deploy', claims: { repository_id: '4711' } },
  })
  const words = await hoop(['status'], { home: home.path, env })
  expect(words.stdout).toMatch(/^Token from +GitHub Actions$/m)
  expect(words.stdout).toMatch(/^Trust +deploy \(repository_id=4711\)$/m)
})

test('a GitHub job without the permission, or with another repository’s token, is told what to do', async () => {
  await using home = await tempFolder()
  const env = { ...given(), ...stage.issuers.github, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'wrong' }
  const refused = await hoop(whoami, { home: home.path, env })
  expect([refused.status, refused.stderr]).toEqual([
    69,
    expect.stringMatching(/^hoop: .*401\nhint: .*id-token: write\.\n$/),
  ])
  const alien = { ...given(), HOOP_ID_TOKEN: await sign('github', { repository_id: '1', sub: 'x' }) }
  const unknown = await hoop(whoami, { home: home.path, env: alien })
  expect([unknown.status, unknown.stderr]).toEqual([
    77,
    expect.stringMatching(/^hoop: no trust of the gateway takes this token\nhint: /),
  ])
})

test('a GitLab job’s id_tokens serve all commands of its job', async () => {
  await using home = await tempFolder()
  const env = { ...given(), HOOP_ID_TOKEN: await sign('gitlab', project) }
  for (let times = 0; times < 2; times++) {
    const { status, stdout, stderr } = await hoop(whoami, { home: home.path, env })
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('hoop:workload:gitlab:12/')
  }
  await using elsewhere = await tempFolder()
  const stolen = await hoop(whoami, { home: elsewhere.path, env })
  expect([stolen.status, stolen.stderr]).toEqual([77, expect.stringContaining('belongs to another key')])
})

test('hoop connect as a sidecar reads the file anew at each renewal, and outlives the first token', async () => {
  await using folder = await tempFolder()
  const file = folder.file('token')
  const exp = Math.floor(Date.now() / 1000) - 50 // good for ten seconds more, by what clocks may differ
  await writeFile(file, `${await sign('cluster', { ...pod, exp, iat: exp - 600 })}\n`)
  const env = { ...given(), HOOP_TOKEN_FILE: file }
  await using running = startHoop(['connect', 'vectordb', '--json'], { home: folder.path, env })
  const [, line = ''] = await running.until(/^(\{"event":"listening".*\})$/m, 60_000)
  // As the kubelet does it: another file takes the name.
  await writeFile(folder.file('next'), await sign('cluster', pod))
  await rename(folder.file('next'), file)
  const client = new Client({ connectionString: (JSON.parse(line) as { dsn: string }).dsn })
  await client.connect()
  const end = Date.now() + 15_000
  while (Date.now() < end) {
    await client.query('SELECT 1')
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
  await client.end()
})

test('an unreadable file, and an empty one, are told from others', async () => {
  await using folder = await tempFolder()
  const missing = await hoop(whoami, { home: folder.path, env: { ...given(), HOOP_TOKEN_FILE: folder.file('none') } })
  expect([missing.status, missing.stderr]).toEqual([
    77,
    expect.stringMatching(/HOOP_TOKEN_FILE cannot be read \(ENOENT\)\nhint: /),
  ])
  await writeFile(folder.file('empty'), '\n')
  const empty = await hoop(whoami, { home: folder.path, env: { ...given(), HOOP_TOKEN_FILE: folder.file('empty') } })
  expect(empty.stderr).toMatch(/holds no token\nhint: /)
})

test('a token in HOOP_TOKEN, a login and a file come before what the platform has', async () => {
  const env = { ...given(), ...stage.issuers.github, HOOP_ID_TOKEN: await sign('gitlab', project) }
  const source = async (more: Record<string, string>): Promise<unknown> => {
    await using home = await tempFolder()
    const { stdout } = await hoop(['status', '--json'], { home: home.path, env: { ...env, ...more } })
    return (JSON.parse(stdout) as { source: unknown }).source
  }
  await using folder = await tempFolder()
  await writeFile(folder.file('token'), await sign('cluster', pod))
  expect(await source({ HOOP_TOKEN_FILE: folder.file('token') })).toBe('HOOP_TOKEN_FILE')
  expect(await source({ HOOP_TOKEN_FILE: folder.file('token'), HOOP_TOKEN: 'a.e30.c' })).toBe('HOOP_TOKEN')
  expect(await source({ ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' })).toBe('HOOP_ID_TOKEN')
})
