import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { hasTerminal as terminal, onTerminal as hoopOnTerminal } from '../helpers/terminal.js'
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

test.skipIf(!terminal)('a terminal that can’t be drawn on gets lines', async () => {
  const lines = onTerminal('connect vectordb', { TERM: 'dumb', NO_COLOR: '1' })
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

test.skipIf(!terminal)('psql-like programs keep Ctrl-C for themselves', async () => {
  const child = onTerminal(`connect vectordb -- sh -c 'trap "echo caught" INT; echo ready; sleep 1; sleep 1; exit 5'`)
  await expect.poll(child.text, { timeout: 15_000 }).toContain('ready')
  child.press('\u0003')
  expect(await child.ended).toBe(5)
  expect(child.text()).toContain('caught')
})
