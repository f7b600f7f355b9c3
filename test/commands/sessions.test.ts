import { spawn, spawnSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SessionSummary } from '../../src/lib/api.js'
import type { SessionEvent } from '../../src/lib/api/session-events.js'
import { type FreshDatabase, freshDatabase } from '../helpers/database.js'
import { startTestGateway, type TestGateway } from '../helpers/gateway.js'
import { type HoopResult, startHoop } from '../helpers/command/hoop.js'
import { idToken } from '../helpers/login.js'

let database: FreshDatabase
let gateway: TestGateway
/** Casey's session, and Mika's. */
let sessions: readonly [string, string]

const statements = async (account: string, texts: readonly string[]): Promise<void> => {
  await using port = await gateway.connect(account)
  const client = new Client({ host: port.host, port: port.port, user: 'x', application_name: 'psql' })
  await client.connect()
  for (const text of texts) await client.query(text).catch(() => undefined)
  await client.query('SELECT $1::text AS word, 2::int4 AS two', [`param of ${account}`])
  await client.end()
}

const hoop = (...args: string[]): Promise<HoopResult> => gateway.hoop('ines', ['sessions', ...args])

const found = async (account: string, ...args: string[]): Promise<SessionSummary[]> => {
  const { stdout, stderr, status } = await gateway.hoop(account, ['sessions', 'list', '--json', ...args])
  expect(status, stdout + stderr).toBe(0)
  return (JSON.parse(stdout) as { sessions: SessionSummary[] }).sessions
}

beforeAll(async () => {
  database = await freshDatabase()
  gateway = await startTestGateway({
    database: database.url,
    identity: { auditors: ['security'] },
    policies: { open: { rules: [{ name: 'no-drop', when: { statement: ['drop'] }, do: 'block' }] } },
  })
  await statements('casey', [
    'SELECT generate_series(1, 500) AS n',
    "SELECT E'\\x1b[2Jcleared' AS cell, NULL AS nothing",
    'DROP TABLE customers',
    'SELECT nope',
    'SELECT 1 AS one; SELECT 2 AS two',
  ])
  await statements('mika', ['SELECT 42 AS answer'])
  const ids = (await found('ines')).toSorted((a, b) => a.name.localeCompare(b.name)).map(({ id }) => id)
  expect(ids).toHaveLength(2)
  sessions = ids as [string, string]
})

afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

test('an auditor lists everybody’s sessions, other people their own', async () => {
  expect(await found('ines')).toHaveLength(2)
  expect((await found('casey')).map(({ subject }) => subject)).toEqual(['casey'])
  expect(await found('dora')).toEqual([])
})

test('a list for people has a line for each session', async () => {
  const { stdout, stderr, status } = await hoop('list')
  expect([status, stderr]).toEqual([0, ''])
  const [head, ...lines] = stdout.trimEnd().split('\n')
  expect(head).toMatch(
    /^ID +PERSON +CONNECTION +BEGAN +LASTED +STATEMENTS +REFUSED +ERRORS +ROWS +MASKED +END +STATEMENT$/,
  )
  expect(lines).toHaveLength(2)
  // statements: the five, less the refused one, and the one with a parameter
  expect(lines.find((line) => line.startsWith(sessions[0]))).toMatch(
    /vectordb +\d{4}-\d\d-\d\d .* 5 +1 +1 +504 +0 +closed +\S.*$/,
  )
})

test.for([
  [['--person', 'casey@contractor.example'], 1],
  [['--person', 'MIKA@acme.example'], 1],
  [['--until', '1h'], 0],
  [['--since', '2020-01-01', '--until', '2020-01-02'], 0],
  [['--text', 'GENERATE_series'], 1],
  [['--text', 'param of mika'], 1],
  [['--text', 'no-drop'], 1],
  [['--connection', 'vectordb', '--since', '1h'], 2],
  [['--live'], 0],
] as const)('list %j finds %i', async ([flags, count]) => {
  expect(await found('ines', ...flags)).toHaveLength(count)
})

test('a limit says that there is more', async () => {
  const { stdout, stderr } = await hoop('list', '--limit', '1')
  expect(stdout.trimEnd().split('\n')).toHaveLength(2)
  expect(stderr).toContain('There are more')
})

test('show names who, what and how it ended, and every statement with its result', async () => {
  const { stdout, status } = await hoop('show', sessions[0].slice(0, 14))
  expect(status).toBe(0)
  expect(stdout).toMatch(/^Session +\w{16}$/m)
  expect(stdout).toMatch(/^Person .*\(casey\)$/m)
  expect(stdout).toMatch(/^End +closed/m)
  expect(stdout).toMatch(/^Statements +5, 1 refused, 1 failed$/m)
  expect(stdout).toMatch(/=> SELECT generate_series\(1, 500\) AS n\nSELECT 500 {2}\(500 rows/)
  expect(stdout).toMatch(/=> DROP TABLE customers\nREFUSED {2}42501: .*no-drop/)
  expect(stdout).toMatch(/ERROR {2}42703: column "nope" does not exist/)
  expect(stdout).toContain("$1 = 'param of casey'")
})

test('show --json has the session and all its events', async () => {
  const { stdout } = await hoop('show', sessions[0], '--json')
  const { session, events } = JSON.parse(stdout) as { session: SessionSummary; events: SessionEvent[] }
  expect(session).toMatchObject({ id: sessions[0], subject: 'casey', end: 'closed' })
  expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['start', 'statement', 'result', 'refusal', 'end']))
})

test('in a pipe a replay is written at once, without anything that a terminal would obey', async () => {
  const began = performance.now()
  const { stdout, stderr, status } = await hoop('replay', sessions[0], '--speed', '0.0001', '--idle-cap', '1h')
  expect([status, stderr]).toEqual([0, ''])
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(stdout).toMatch(/^ n\n-+\n +1\n +2\n/m)
  expect(stdout).toContain('… 480 more rows')
  expect(stdout).toContain('\\u001b[2Jcleared')
  expect(stdout).toMatch(/-- Session closed at \d\d:\d\d:\d\d/)
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
})

test('a replay begins where it is told to, and writes events under --json', async () => {
  const { stdout } = await hoop('replay', sessions[0], '--from', '4', '--json')
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as SessionEvent)
  expect(events[0]?.type).toBe('start')
  expect(events.flatMap((event) => (event.type === 'statement' ? [event.n] : []))).toEqual([4, 5, 6])
})

test('nobody replays what they may not see', async () => {
  const { stderr, stdout, status } = await gateway.hoop('mika', ['sessions', 'replay', sessions[0]])
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toContain('hoop:')
  expect((await hoop('show', 'zzzzzz')).status).toBe(1)
})

test.for([
  [['replay', 'x', '--speed', 'fast'], 64],
  [['replay', 'x', '--idle-cap', 'never'], 64],
  [['replay', 'x', '--step'], 64],
  [['list', '--since', 'someday'], 64],
  [['show'], 64],
] as const)('%j is a mistake, status %i', async ([args, status]) => {
  expect((await hoop(...args)).status).toBe(status)
})

test('a recording that was tampered with is shown up to there, and then called damaged', async () => {
  const [path = ''] = (await readdir(join(gateway.folder, 'recordings'), { recursive: true })).filter((name) =>
    name.includes(sessions[1]),
  )
  const file = join(gateway.folder, 'recordings', path)
  const bytes = await readFile(file)
  bytes.write('SELECT 43', bytes.indexOf('SELECT 42'))
  await writeFile(file, bytes)
  const { stdout, stderr, status } = await hoop('replay', sessions[1])
  expect(status).toBe(65)
  expect(stdout).toContain('-- Session ')
  expect(stdout).not.toContain('SELECT 43')
  expect(stderr).toMatch(/^hoop: the recording is damaged: a frame does not match its checksum \(at byte \d+\)$/m)
})

/** Gives a command a terminal of its own. */
const script = 'script'
const hasScript = spawnSync(script, ['--version']).status === 0
const bin = new URL('../../bin/run.js', import.meta.url).pathname

/** A replay on a terminal of its own: each key is pressed when its text has appeared. Everything that was shown. */
const onTerminal = async (flags: string, keys: readonly (readonly [after: string, key: string])[]): Promise<string> => {
  const command = `'${process.execPath}' '${bin}' sessions replay ${sessions[0]} ${flags}`
  const after = `echo "status=$? $(stty -a | grep -oE -- '-?icanon')"`
  const child = spawn(script, ['-qfec', `stty -echo; ${command}; ${after}`, '/dev/null'], {
    env: {
      ...process.env,
      ...{ TERM: 'xterm', HOOP_HOME: gateway.folder, HOOP_GATEWAY: gateway.url, HOOP_CA: gateway.caFile },
      HOOP_TOKEN: await idToken(gateway.idp, 'ines'),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let shown = ''
  const waiting = [...keys]
  for await (const text of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
    shown += text
    const [next] = waiting
    if (!next || !shown.includes(next[0])) continue
    child.stdin.write(next[1])
    waiting.shift()
  }
  return shown
}

test.skipIf(!hasScript)(
  'on a terminal keys steer it, and it is left as it was (needs script of util-linux)',
  async () => {
    const shown = await onTerminal('--step', [
      ['-- Session', 'n'],
      ['480 more rows', '\r'],
      ['cleared', 'q'],
    ])
    expect(shown).toContain('SELECT generate_series')
    expect(shown).not.toContain('DROP TABLE')
    expect(shown).not.toContain('\u001b[2J')
    expect(shown).toMatch(/status=0 icanon/)
  },
)

test.skipIf(!hasScript)('Ctrl-C on a terminal is 130 (needs script of util-linux)', async () => {
  const shown = await onTerminal('--step', [['-- Session', '\u0003']])
  expect(shown).not.toContain('generate_series')
  expect(shown).toMatch(/status=130 icanon/)
})

test('a session is exported as each of the formats, to a new file or standard output', async () => {
  const [casey] = sessions
  const lines = (await hoop('export', casey)).stdout.trimEnd().split('\n')
  const replayed = (await hoop('replay', casey, '--json')).stdout.trimEnd().split('\n')
  expect(lines).toEqual(replayed)
  const numbers = await hoop('export', casey, '--format', 'csv', '--statement', '1')
  expect(numbers.stdout).toMatch(/^n\n1\n2\n/)
  expect(numbers.stderr).toContain('of 500 rows')
  expect((await hoop('export', casey, '--format', 'csv', '--statement', '5.2')).stdout).toBe('two\n2\n')
  expect((await hoop('export', casey, '--format', 'sql')).stdout).toMatch(/^-- DROP TABLE customers$/m)
  expect((await hoop('export', casey, '--format', 'asciicast')).stdout).toMatch(/^\{"version":3,/)
  const file = join(gateway.folder, 'session.html')
  const told = await hoop('export', casey, '--format', 'html', '-o', file, '--json')
  expect(JSON.parse(told.stdout)).toEqual({ session: casey, format: 'html', file })
  expect(await readFile(file, 'utf8')).toContain('DROP TABLE customers')
  expect(await hoop('export', casey, '-o', file)).toMatchObject({ status: 64 })
  expect(await gateway.hoop('mika', ['sessions', 'export', casey])).toMatchObject({ status: 1, stdout: '' })
})

test('a live session is followed from its beginning to its end', async () => {
  await using port = await gateway.connect('mika')
  const client = new Client({ host: port.host, port: port.port, user: 'x' })
  await client.connect()
  const [live] = await found('ines', '--live')
  const env = { HOOP_TOKEN: await idToken(gateway.idp, 'ines'), HOOP_GATEWAY: gateway.url, HOOP_CA: gateway.caFile }
  await using following = startHoop(['sessions', 'follow', live!.id], {
    home: gateway.home('ines'),
    cwd: gateway.folder,
    env,
  })
  await following.until(/mika@/)
  await client.query("SELECT 'seen at once' AS word")
  await following.until(/seen at once[^]*seen at once/)
  await client.query('DROP TABLE customers').catch(() => undefined)
  await following.until(/REFUSED/)
  await client.end()
  expect(await following.ended).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Session closed at') as string,
  })
  const { stdout } = await hoop('follow', live!.id, '--json')
  expect(stdout).toBe((await hoop('replay', live!.id, '--json')).stdout)
})
