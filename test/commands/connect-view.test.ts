import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { hasTerminal as terminal, onTerminal as hoopOnTerminal } from '../helpers/terminal.js'
import { approval } from '../cli/approvals/approval.js'
import { recorded } from '../cli/recorded-statement.js'
import type { SessionSummary } from '../../src/lib/api.js'
import { setStage, type Stage } from './stage.js'

let stage: Stage
beforeAll(async () => {
  stage = await setStage(inject('databaseUrl'))
  await stage.login()
})
afterAll(() => stage[Symbol.asyncDispose]())

const onTerminal = (args: string, env: Record<string, string> = {}) =>
  hoopOnTerminal(args, { HOOP_HOME: stage.home, ...env })

test.skipIf(!terminal)('shows person, address, countdown and open sessions; Ctrl-C ends it with 130', async () => {
  const view = onTerminal('connect vectordb')
  await expect.poll(view.text, { timeout: 15_000 }).toMatch(/grant: [^\n]* left/)
  expect(view.text()).toContain('mika@acme.example at localhost')
  const [, port] = /127\.0\.0\.1:(\d+)\//.exec(view.text())!
  const client = new Client({ host: '127.0.0.1', port: Number(port), user: 'login_trust', database: 'postgres' })
  await client.connect()
  await expect.poll(view.text).toContain('1 open session,')
  await client.end()
  view.press('\u0003')
  expect(await view.ended).toBe(130)
  expect(view.text().endsWith('\u001b[?25h')).toBe(true) // the cursor is back
})

const session = (id: string): SessionSummary => ({
  ...{ id, subject: 'mika', name: 'mika', connection: 'vectordb', grantId: 'g', startedAt: '2026-01-01T00:00:00Z' },
  ...{ policyHash: 'h', seenClear: false },
  counters: { statements: 2, refused: 1, errors: 0, rows: 12, bytes: 0, masked: 3 },
})

const busy = (): void => {
  const statements = [
    recorded({ n: 2, verdict: 'refused', rule: 'no-drop', text: 'DROP TABLE t' }),
    recorded({ rows: 12 }),
  ]
  const expiresAt = new Date(Date.now() + 600_000).toISOString()
  const approvals = [approval('1kz0a', { session: '1kz0m', groups: ['dba'], expiresAt })]
  stage.gateway.activity = { sessions: [session('1kz0m')], statements, approvals }
}

test.skipIf(!terminal)(
  'shows statements as they run and what waits, asks before it ends sessions, and says what was recorded',
  async () => {
    busy()
    const view = onTerminal('connect vectordb')
    await expect.poll(view.text, { timeout: 30_000 }).toMatch(/grant: [^\n]* left/)
    const [, port] = /127\.0\.0\.1:(\d+)\//.exec(view.text())!
    const client = new Client({ host: '127.0.0.1', port: Number(port), user: 'login_trust', database: 'postgres' })
    client.on('error', () => undefined)
    await client.connect()
    await expect
      .poll(view.text, { timeout: 30_000 })
      .toMatch(/12 rows {2}SELECT 1 {2}1kz0m[^]*refused: rule no-drop {2}DROP TABLE t/)
    expect(view.text()).toMatch(/WAITING FOR APPROVAL 1kz0a: 1 of dba may decide, 9 min/)
    view.press('c')
    const copied = `\u001b]52;c;${Buffer.from(`postgresql://127.0.0.1:${port}/postgres`).toString('base64')}`
    await expect.poll(view.text).toContain(copied)
    view.press('q')
    await expect.poll(view.text).toContain('1 open session will end. End all of it?')
    view.press('n')
    await expect.poll(() => view.text().split('End all of it?').at(-1)).toContain('Ctrl-C or q ends')
    view.press('q')
    await expect.poll(() => view.text().split('End all of it?').length).toBeGreaterThan(2)
    view.press('y')
    expect(await view.ended).toBe(130)
    expect(view.text()).toContain('Recorded: hoop sessions replay 1kz0m')
  },
)

test('without a terminal what waits is a line, under --json an event', async () => {
  busy()
  await using running = stage.start(['connect', 'vectordb', '--json'])
  const [, port] = await running.until(/"port":(\d+)/)
  const client = new Client({ host: '127.0.0.1', port: Number(port), user: 'login_trust', database: 'postgres' })
  client.on('error', () => undefined)
  await client.connect()
  await running.until(/"event":"waiting","name":"vectordb","approval":"1kz0a","rule":"bulk-read"/)
  running.process.kill('SIGINT')
  await running.ended
  stage.gateway.activity = { sessions: [], statements: [], approvals: [] }
})

test.skipIf(!terminal).for([
  { TERM: 'dumb', NO_COLOR: '1' },
  { HOOP_ACCESSIBLE: '1', NO_COLOR: '1' },
])('a terminal that can’t be drawn on, or is read out, gets lines: %o', async (env) => {
  const lines = onTerminal('connect vectordb', env)
  await expect.poll(lines.text, { timeout: 15_000 }).toContain('Listening')
  expect(lines.text()).not.toContain('\u001b')
  lines.press('\u0003')
  expect(await lines.ended).toBe(130)
})

test.skipIf(!terminal)('login on a terminal shows a QR code', async () => {
  const login = onTerminal('login')
  await expect.poll(login.text, { timeout: 15_000 }).toMatch(/[█▀▄]{8}/)
  await expect.poll(login.text).toContain('Waiting for you to log in')
  login.press('\u0003')
  expect(await login.ended).toBe(130)
})

test.skipIf(!terminal)(
  'to be read out, login says its address in words and nothing moves, and lists name each value',
  async () => {
    const env = { HOOP_ACCESSIBLE: '1', NO_COLOR: '1' }
    const login = onTerminal('login', env)
    await expect.poll(login.text, { timeout: 15_000 }).toContain('Waiting for you to log in')
    expect(login.text()).not.toMatch(/[█▀▄\u001b]/)
    login.press('\u0003')
    expect(await login.ended).toBe(130)
    busy()
    const listed = onTerminal('sessions list', env)
    expect(await listed.ended).toBe(0)
    expect(listed.text().replaceAll('\r', '')).toMatch(/^id: 1kz0m\n.*?^person: mika$/ms)
    expect(listed.text()).not.toContain('\u001b')
    stage.gateway.activity = { sessions: [], statements: [], approvals: [] }
  },
)

test.skipIf(!terminal)('psql-like programs keep Ctrl-C for themselves', async () => {
  const child = onTerminal(`connect vectordb -- sh -c 'trap "echo caught" INT; echo ready; sleep 1; sleep 1; exit 5'`)
  await expect.poll(child.text, { timeout: 15_000 }).toContain('ready')
  child.press('\u0003')
  expect(await child.ended).toBe(5)
  expect(child.text()).toContain('caught')
})
