import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseDatabaseUrl } from '../../../src/operator/init/answers.js'
import { openRecording } from '../../../src/recording/open.js'
import type { SessionEvent, StartEvent } from '../../../src/recording/events.js'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { hoop } from '../../helpers/command/hoop.js'
import { start, statement } from '../../recording/sample.js'
import { type GatewayFolder, gatewayFolder } from '../../helpers/gateway-folder.js'

const policies = `policies:
  default:
    packs: [production]
    rules:
      - { name: no-truncate, do: warn }
      - { name: dba-only, when: { reads: [public.secret], not_groups: [dba] }, do: approve, approvers: { groups: [dba] } }
      - { name: nights, when: { statement: [insert], outside: { from: '08:00', to: '18:00' } }, do: block }
  incident:
    rules:
      - { name: no-insert, when: { statement: [insert] }, do: block }
`

let database: FreshDatabase
let folder: GatewayFolder

const record = async (
  session: string,
  at: Date,
  groups: string[],
  events: SessionEvent[],
  more: Partial<StartEvent> = {},
) => {
  const time = at.toISOString()
  const name = new URL(database.url).pathname.slice(1)
  const recorder = await openRecording(folder.file('recordings'), {
    ...start,
    session,
    time,
    groups,
    database: name,
    ...more,
  })
  for (const event of events) recorder.record(event)
  recorder.commit()
  recorder.close({ end: 'closed', counters: {} })
}

const yesterday = new Date(Date.now() - 3 * 86_400_000)
const today = new Date(new Date().setUTCHours(0, 30, 0, 0))

beforeAll(async () => {
  database = await freshDatabase()
  await (await database.client()).query('CREATE TABLE secret (k text); CREATE VIEW v AS SELECT k FROM secret')
  const connection = { name: 'vectordb', ...parseDatabaseUrl(`${database.url}?sslmode=disable`) }
  folder = await gatewayFolder({ connection })
  await folder.edit(/^policies:[^]*/m, policies)
  await folder.edit(
    /^( +)access:.*\n/m,
    '$1access:\n$1  - { groups: [oncall], policy: incident, request: { approvers: { groups: [dba] } } }\n',
  )
  const refusal: SessionEvent = {
    ...{ type: 'refusal', at: 9, n: 9, text: 'SELECT 9', code: 'STATEMENT_BLOCKED', sqlstate: '42501', message: 'no' },
    rule: 'gone',
  }
  await record(
    'one',
    today,
    ['hoop-users'],
    [
      ...['SELECT 1', 'SELECT k FROM v', 'DROP TABLE secret', 'TRUNCATE secret', 'INSERT INTO secret VALUES (1)'].map(
        (text, index) => statement(index + 1, text),
      ),
      refusal,
      statement(10, 'SELEC'),
    ],
  )
  const noted: SessionEvent = { ...statement(1, 'DROP TABLE other'), observed: [{ rule: 'no-drop', do: 'block' }] }
  await record('watched', yesterday, ['hoop-users'], [noted, statement(2, 'SELECT 1'), { ...noted, n: 3 }])
  await record('two', today, ['hoop-users', 'dba'], [statement(1, 'SELECT k FROM v')])
  const incident = { name: 'oncall@example.com', policy: { name: 'incident', hash: 'sha256:aa' } }
  const asked = [statement(1, 'SELECT k FROM secret'), statement(2, 'INSERT INTO secret VALUES (1)')]
  await record('while', new Date(today.getTime() - 10 * 86_400_000), ['oncall'], asked, incident)
  await record('old', new Date(today.getTime() - 30 * 86_400_000), ['hoop-users'], [statement(1, 'DROP TABLE secret')])
})

afterAll(async () => {
  await folder[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const run = (...args: string[]) => hoop(['policy', ...args], { home: folder.path, cwd: folder.path })

test('what a changed policy would have done to recorded statements is counted by rule', async () => {
  const { status, stdout } = await run('replay', '--since', '2d', '--json')
  expect(status).toBe(1)
  const found = JSON.parse(stdout) as {
    changes: { was: object; would: { done: string; by?: string }; count: number }[]
  }
  expect(found).toMatchObject({ sessions: 2, statements: 8, problems: [] })
  expect(found.changes.map(({ would, count }) => `${would.done} ${would.by ?? '-'} ${count}`).sort()).toEqual([
    'allow - 1',
    'hold dba-only 1',
    'refuse SYNTAX 1',
    'refuse nights 1',
    'refuse no-drop 1',
    'warn no-truncate 1',
  ])
})

test('hoop policy replay shows samples, and what it is narrowed to', async () => {
  const { stdout } = await run('replay', '--since', '2d')
  expect(stdout).toMatch(/^8 statements of 2 sessions since /)
  expect(stdout).toContain('allow → refuse (no-drop)\n  one #3 ada@example.com: DROP TABLE secret')
  const nobody = await run('replay', '--person', 'nobody')
  expect(nobody.status).toBe(0)
  expect(nobody.stdout).toContain('0 statements of 0 sessions')
})

test('access for a while is decided by the policy that it was for', async () => {
  const { stdout } = await run('replay', '--since', '20d', '--person', 'oncall@example.com', '--json')
  const { statements, changes } = JSON.parse(stdout) as { statements: number; changes: object[] }
  expect(statements).toBe(2)
  expect(changes).toMatchObject([{ would: { done: 'refuse', by: 'no-insert' }, count: 1 }])
})

test('hoop policy show lists the rules in force, those of packs with what was changed of them', async () => {
  const { status, stdout } = await run('show', 'default')
  expect(status).toBe(0)
  expect(stdout).toMatch(/^no-truncate +warn +truncate +pack production$/m)
  expect(stdout).toMatch(/^no-blind-delete +block +delete without a WHERE that picks rows +pack production$/m)
  expect(stdout).toMatch(/^dba-only +approve \(1 of dba\) +reading public\.secret by anybody but dba +-$/m)
  const { policies: shown } = JSON.parse((await run('show', '--json')).stdout) as { policies: { mode: string }[] }
  expect(shown).toMatchObject([{ name: 'default', mode: 'enforce', packs: ['production'] }, { name: 'incident' }])
  expect((await run('show', 'other')).status).toBe(64)
})

test('hoop policy observed counts what rules that only observe would have done', async () => {
  const { stdout } = await run('observed', '--since', '5d')
  expect(stdout).toMatch(/^\d+ statements since .*: rules would have treated 2 otherwise/)
  expect(stdout).toMatch(/^no-drop +block +2 +1 +1 +/m)
  expect(stdout).toContain('no-drop would block\n  watched #1 ada@example.com: DROP TABLE other')
  const { rules } = JSON.parse((await run('observed', '--since', '5d', '--json')).stdout) as { rules: object[] }
  expect(rules).toMatchObject([{ rule: 'no-drop', would: 'block', statements: 2, sessions: 1 }])
})
