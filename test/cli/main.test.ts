import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hoopAlone as hoop } from '../helpers/command/hoop.js'
import { type TempFolder, tempFolder } from '../helpers/temp.js'

const run = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

let home: TempFolder
beforeAll(async () => {
  home = await tempFolder()
})
afterAll(() => home[Symbol.asyncDispose]())
const cli = (...args: string[]) => hoop(args, { home: home.path })

test('--version is the package’s', async () => {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  expect(await cli('--version')).toEqual({
    stdout: `hoop/${version} ${process.platform}-${process.arch} node-${process.version}\n`,
    stderr: '',
    status: 0,
  })
})

test('no command shows what there is', async () => {
  const { stdout, status } = await cli()
  expect([status, stdout]).toEqual([0, expect.stringMatching(/COMMANDS[^]*connect[^]*login/)])
})

test.for([
  ['connect', '--help'],
  ['help', 'connect'],
  ['connect', 'a', '-h'],
])('%o shows examples before flags', async (args) => {
  const { stdout, status } = await cli(...args)
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^EXAMPLES\n[^]*^USAGE\n[^]*^FLAGS\n/m)])
})

test('--help behind -- belongs to the command that is run', async () => {
  expect((await cli('connect', '--', 'ls', '--help')).status).toBe(64) // which connection?
})

test.for([
  ['an unknown command', ['frobnicate'], /frobnicate/],
  ['an unknown flag', ['status', '--bogus'], /Nonexistent flag: --bogus/],
  ['a missing argument', ['exec'], /Missing 1 required arg/],
  ['a value that isn’t one', ['exec', 'x', 'SELECT 1', '--format', 'xml'], /--format/],
] as const)('%s: 64, and words on stderr', async ([, args, words]) => {
  const { stdout, stderr, status } = await cli(...args)
  expect([status, stdout, stderr]).toEqual([64, '', expect.stringMatching(words)])
})

test.for([
  [['sesions', 'list'], 'Did you mean: hoop sessions list'],
  [['sessions', 'lst'], 'Did you mean: hoop sessions list'],
  [['conect', 'vectordb'], 'Did you mean: hoop connect'],
  [['kill', '1kz0m'], 'Run: hoop sessions kill ID'],
  [['tunnel'], 'Run: hoop connect NAME'],
  [['sessions', 'frobnicate'], 'hoop sessions knows: export, follow, kill, list, replay, show, statements.'],
] as const)('%j is no command, and the hint says what may have been meant', async ([args, hint]) => {
  const { stderr, status } = await cli(...args)
  expect([stderr, status]).toEqual([
    `hoop: the command was not understood: there is no command: hoop ${args.join(' ')}\nhint: ${hint}\n`,
    64,
  ])
})

test('names that other tools have work', async () => {
  expect((await cli('version')).stdout).toMatch(/^hoop\//)
  expect((await cli('whoami')).status).toBe(77)
  expect((await cli('ls', '--help')).stdout).toMatch(/List what you may connect to/)
})

test('topics of help', async () => {
  const { stdout } = await cli('help', 'topics')
  for (const topic of ['masks', 'rules', 'approvals', 'exit-statuses']) {
    expect(stdout).toContain(topic)
    const { stdout: text, status } = await cli('help', topic)
    expect([text.length > 200, Math.max(...text.split('\n').map((line) => line.length)) <= 92, status]).toEqual([
      true,
      true,
      0,
    ])
  }
  expect((await cli('help', 'exit', 'statuses')).stdout).toBe((await cli('help', 'exit-statuses')).stdout)
})

test('an error with --json is on stdout, and nothing on stderr', async () => {
  const { stdout, stderr, status } = await cli('status', '--json')
  expect([status, stderr]).toEqual([77, ''])
  expect(JSON.parse(stdout)).toEqual({
    error: {
      code: 'NOT_LOGGED_IN',
      message: 'you are not logged in',
      hint: expect.stringContaining('hoop login') as string,
    },
  })
})

test('a reader that takes one line is no error', async () => {
  const script = `"${process.execPath}" "${run}" --help | head -1; echo "\${PIPESTATUS[0]}"`
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script])
  expect([stdout.trim().split('\n').at(-1), stderr]).toEqual(['0', ''])
})

test('without a terminal there is no color', async () => {
  const { stdout } = await hoop(['--help'], { home: home.path, env: { NO_COLOR: undefined } })
  expect(stdout).not.toContain('\u001b')
})

test('a command without handlers of its own ends at once at Ctrl-C, with 130', async () => {
  const child = spawn(process.execPath, [run, 'exec', 'x', '-f', '-'], { stdio: ['pipe', 'ignore', 'ignore'] })
  // It waits for stdin and says nothing. Where there is /proc, that it sleeps and uses no time tells that it has come so far.
  const doing = async (): Promise<string> => {
    const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => '')
    const [state, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'S' ? `${user} ${system}` : `${Math.random()}`
  }
  await sleep(1_000)
  if ((await readFile('/proc/self/stat', 'utf8').catch(() => '')) !== '')
    for (let calm = 0, before = ''; calm < 4; await sleep(150)) {
      const now = await doing()
      calm = now === before ? calm + 1 : 0
      before = now
    }
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([130, null])
})
