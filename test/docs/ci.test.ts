import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { ServiceTokenMade } from '../../src/lib/api/service-tokens.js'
import { newServiceToken, newTokenId, tokenPattern } from '../../src/lib/service-token.js'
import { type FreshDatabase, freshDatabase } from '../helpers/database.js'
import { startTestGateway, type TestGateway } from '../helpers/gateway.js'
import { type TempFolder, tempFolder } from '../helpers/temp.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = await readFile(join(root, 'docs/ci.md'), 'utf8')

/** The blocks of code of a section, in order. */
const blocks = (heading: string): string[] => {
  const section = page.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? ''
  return [...section.matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, code = '']) => code)
}

let database: FreshDatabase
let gateway: TestGateway
let folder: TempFolder
beforeAll(async () => {
  folder = await tempFolder()
  database = await freshDatabase()
  await (await database.client()).query('CREATE TABLE documents AS SELECT generate_series(1, 7) AS id')
  gateway = await startTestGateway({ database: database.url })
  // What a runner has on its PATH: hoop, and what the job runs by the port.
  await mkdir(folder.file('bin'))
  const pg = JSON.stringify(join(root, 'node_modules/pg/lib/index.js'))
  await writeFile(
    folder.file('query.mjs'),
    `import pg from ${pg}
const client = new pg.Client()
await client.connect()
const { rows } = await client.query('SELECT max(id) AS last FROM documents')
console.log('last', rows[0].last)
await client.end()
`,
  )
  const run = (...words: string[]) => `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(' ')} "$@"\n`
  for (const [name, text] of [
    ['hoop', run(process.execPath, join(root, 'bin/run.js'))],
    ['npm', run(process.execPath, folder.file('query.mjs'))],
  ] as const) {
    await writeFile(folder.file('bin', name), text)
    await chmod(folder.file('bin', name), 0o755)
  }
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const make = async (name: string, ...more: string[]): Promise<ServiceTokenMade> => {
  const args = ['tokens', 'create', name, '--connection', 'vectordb', '--ttl', '1h', ...more, '--json']
  return JSON.parse((await gateway.hoop('casey', args)).stdout) as ServiceTokenMade
}

interface Ran {
  readonly status: number | null
  readonly out: string
}

/** Runs lines of a shell in a folder of their own, with the environment that is given and nothing else. */
const shell = async (text: string, name: string, env: Record<string, string>): Promise<Ran> => {
  const cwd = folder.file(name)
  await mkdir(cwd, { recursive: true })
  const child = spawn('/bin/sh', ['-e', '-c', text], {
    cwd,
    env: { PATH: `${folder.file('bin')}:/usr/bin:/bin`, HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (out += part))
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, out }
}

const report = async (name: string): Promise<string> => readFile(folder.file(name, 'report.csv'), 'utf8')

test('the job for GitHub Actions runs as it stands there', async () => {
  const [text = ''] = blocks('GitHub Actions')
  const { secret } = await make('github')
  const known: Record<string, string> = {
    'vars.HOOP_GATEWAY': gateway.url,
    'vars.HOOP_CA': await readFile(gateway.caFile, 'utf8'),
    'secrets.HOOP_TOKEN': secret,
  }
  interface Job {
    readonly env: Record<string, string>
    readonly steps: readonly { readonly name: string; readonly run: string; readonly env?: Record<string, string> }[]
  }
  const { report: job } = (parse(text) as { jobs: { report: Job } }).jobs
  const filled = (env: Record<string, string>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(env).map(([name, value]) => [
        name,
        value.replace(/\$\{\{ (\S+) \}\}/g, (_, key: string) => known[key] ?? `no ${key}`),
      ]),
    )
  const ran: string[] = []
  for (const { run, env = {} } of job.steps) {
    const { status, out } = await shell(run, 'github', { ...filled(job.env), ...filled(env), GITHUB_RUN_ID: '4711' })
    expect([run, status, out]).toEqual([run, 0, out])
    ran.push(out)
  }
  expect(ran.join('')).toContain('last 7')
  expect(ran.join('')).toMatch(/^vectordb /m)
  expect(ran.join('')).not.toContain(secret)
  expect(await report('github')).toBe('documents\n7\n')
  const { stdout } = await gateway.hoop('casey', ['sessions', 'list', '--json'])
  expect(stdout).toContain('casey@contractor.example/github')
})

test('the job for GitLab runs as it stands there', async () => {
  const [text = ''] = blocks('GitLab CI')
  const { secret } = await make('gitlab')
  const { script } = (parse(text) as { report: { script: string[] } }).report
  const { status, out } = await shell(script.join('\n'), 'gitlab', {
    HOOP_GATEWAY: gateway.url,
    HOOP_TOKEN: secret,
    HOOP_CA: gateway.caFile,
    CI_JOB_ID: '12',
  })
  expect([status, out]).toEqual([0, expect.stringContaining('last 7')])
  expect(await report('gitlab')).toBe('documents\n7\n')
})

test('the script for a runner of one’s own runs as it stands there, and without its key not', async () => {
  const [key = '', create = '', script = ''] = blocks('A runner of your own')
  const here = (text: string): string =>
    text
      .replaceAll('/var/lib/runner', folder.file('runner'))
      .replaceAll('/etc/hoop/token', folder.file('runner', 'token'))
      .replaceAll('/etc/hoop/ca.pem', gateway.caFile)
      .replaceAll('https://gateway.example.com:8443', gateway.url)
      .replaceAll('192.0.2.10', '127.0.0.1')
  const made = await shell(here(key), 'runner', {})
  expect(made).toMatchObject({ status: 0, out: expect.stringMatching(/^[\w-]{43}\n$/) as string })
  const words = here(create).trim().replace('THUMBPRINT', made.out.trim()).split(' ')
  const { stdout } = await gateway.hoop('casey', words.slice(1))
  await writeFile(folder.file('runner', 'token'), stdout, { mode: 0o600 })
  await writeFile(folder.file('runner', 'report.sql'), 'SELECT count(*) AS documents FROM documents')
  await writeFile(folder.file('runner', 'load.sh'), '#!/bin/sh\nexec npm\n', { mode: 0o755 })
  expect(await shell(here(script), 'runner', {})).toEqual({
    status: 0,
    out: expect.stringContaining('last 7') as string,
  })
  expect(await report('runner')).toBe('documents\n7\n')
  const thief = await shell(here(script).replace(/^export HOOP_KEY_FILE.*\n/m, ''), 'runner', {})
  expect(thief).toEqual({
    status: 77,
    out: expect.stringContaining('the service token is bound to another key') as string,
  })
})

test('the lines for a new secret and the end run as they stand there', async () => {
  await gateway.hoop('casey', ['tokens', 'revoke', 'nightly', '--reason', 'another follows'])
  const [create = ''] = blocks('Make one')
  const [lines = ''] = blocks('A new secret, and the end')
  const run = (text: string) =>
    gateway.hoop('casey', [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!).slice(1))
  for (const line of [create, ...lines.split('\n')].filter((each) => each.trim() !== '')) {
    const { status, stderr } = await run(line)
    expect([line, status, stderr]).toEqual([line, 0, stderr])
  }
})

test('the regular expression that is given finds tokens, and what is shown of their form is so', () => {
  const [picture = '', pattern = ''] = blocks('What it looks like')
  expect(pattern.trim()).toBe(tokenPattern)
  const token = newServiceToken(newTokenId())
  expect(new RegExp(pattern.trim()).exec(`HOOP_TOKEN=${token}&`)?.[0]).toBe(token)
  const [prefix = '', id = ''] = picture.split(/\s+/)
  expect([prefix, id.length]).toEqual([token.slice(0, 8), 11])
})
