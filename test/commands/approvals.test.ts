import { expect, test, vi } from 'vitest'
import { freshDatabase } from '../helpers/database.js'
import { startTestGateway, type TestGateway } from '../helpers/gateway.js'

// A dozen commands each.
vi.setConfig({ testTimeout: 120_000 })

const policies = {
  open: {
    rules: [
      {
        name: 'purge',
        when: { statement: ['delete'] },
        do: 'approve',
        approvers: { groups: ['security', 'contractors'] },
        expires: '10m',
      },
      { name: 'no-drop', when: { statement: ['drop'] }, do: 'block' },
    ],
    break_glass: { groups: ['contractors'] },
  },
}

interface Request {
  readonly id: string
  readonly state: string
}

const waiting = async (gateway: TestGateway, who = 'ines'): Promise<Request> => {
  for (;;) {
    const { stdout } = await gateway.hoop(who, ['approvals', 'list', '--json'])
    const { approvals } = JSON.parse(stdout) as { approvals: Request[] }
    if (approvals[0]) return approvals[0]
  }
}

const stage = async () => {
  const database = await freshDatabase()
  const admin = await database.client()
  await admin.query('create table notes (id int); insert into notes values (1), (2)')
  const gateway = await startTestGateway({ database: database.url, policies })
  return {
    gateway,
    notes: async () => (await admin.query('select id from notes')).rowCount,
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

test('hoop exec exits with 77 where a rule blocks, and says which', async () => {
  await using at = await stage()
  const { stderr, stdout, status } = await at.gateway.hoop('casey', ['exec', 'vectordb', 'drop table notes', '--json'])
  expect([status, stdout + stderr]).toEqual([77, expect.stringMatching(/"STATEMENT_BLOCKED"[^]*no-drop/)])
})

test('hoop exec --wait waits, the other one reads and approves, the statement runs, and the recording says so', async () => {
  await using at = await stage()
  const { gateway } = at
  const running = gateway.hoop('casey', ['exec', 'vectordb', 'delete from notes', '--wait', '--reason', 'ticket 42'])
  const { id } = await waiting(gateway)
  const shown = await gateway.hoop('ines', ['approvals', 'show', id])
  expect(shown.stdout).toContain('delete from notes')
  expect(shown.stdout).toContain('ticket 42')
  const own = await gateway.hoop('casey', ['approvals', 'approve', id])
  expect(own).toMatchObject({ status: 77 })
  expect(await at.notes()).toBe(2)
  expect(await gateway.hoop('ines', ['approvals', 'approve', id, '--reason', 'seen'])).toMatchObject({ status: 0 })
  const ran = await running
  expect(ran).toMatchObject({ status: 0 })
  expect(ran.stderr).toContain(`hoop approvals approve ${id}`)
  expect(await at.notes()).toBe(0)
  const listed = await gateway.hoop('ines', ['sessions', 'list', '--json'])
  const { sessions } = JSON.parse(listed.stdout) as { sessions: { id: string }[] }
  const { stdout } = await gateway.hoop('ines', ['sessions', 'show', sessions[0]!.id])
  expect(stdout).toContain(`approved by request ${id}`)
  expect(stdout).toMatch(/^ {2}by ines.*: seen$/m)
})

test('without --wait a script gets 75 and the id, and the same command runs once it is approved, once', async () => {
  await using at = await stage()
  const { gateway } = at
  const command = ['exec', 'vectordb', 'delete from notes where id = 1', '--json']
  const first = await gateway.hoop('casey', command)
  expect(first.status).toBe(75)
  const { id } = await waiting(gateway)
  expect(first.stdout).toContain(id)
  expect((await gateway.hoop('casey', command)).stdout).toContain(id)
  await gateway.hoop('ines', ['approvals', 'approve', id])
  expect(await gateway.hoop('casey', command)).toMatchObject({ status: 0 })
  expect(await at.notes()).toBe(1)
  expect(await gateway.hoop('casey', command)).toMatchObject({ status: 75 })
})

test('a denial, the end of --wait and a restart of the gateway each end the wait, and nothing runs', async () => {
  await using at = await stage()
  const { gateway } = at
  const running = gateway.hoop('casey', ['exec', 'vectordb', 'delete from notes', '--wait'])
  const { id } = await waiting(gateway)
  expect(await gateway.hoop('ines', ['approvals', 'deny', id, '--reason', 'not on Friday'])).toMatchObject({
    status: 0,
  })
  const denied = await running
  expect(denied).toMatchObject({ status: 77 })
  expect(denied.stderr).toContain('not on Friday')
  expect(await gateway.hoop('casey', ['exec', 'vectordb', 'delete from notes', '--wait=1s'])).toMatchObject({
    status: 75,
  })
  const cut = gateway.hoop('casey', ['exec', 'vectordb', 'delete from notes', '--wait'])
  const held = await waiting(gateway)
  await gateway.end('SIGKILL')
  await gateway.restart()
  expect((await cut).status).not.toBe(0)
  const after = await gateway.hoop('ines', ['approvals', 'show', held.id, '--json'])
  expect(JSON.parse(after.stdout)).toMatchObject({ state: 'withdrawn', why: 'the gateway stopped' })
  expect(await at.notes()).toBe(2)
})

test('a standing approval lets the statement through until it is revoked; a broken glass is recorded', async () => {
  await using at = await stage()
  const { gateway } = at
  const sql = 'delete from notes where id = 9'
  const run = () => gateway.hoop('casey', ['exec', 'vectordb', sql])
  expect(await run()).toMatchObject({ status: 75 })
  const { id } = await waiting(gateway)
  const added = await gateway.hoop('ines', [
    ...['approvals', 'standing', 'add', '--from', id, '--until', '2h', '--reason', 'backfill', '--json'],
  ])
  expect(added).toMatchObject({ status: 0 })
  expect([(await run()).status, (await run()).status]).toEqual([0, 0])
  const standing = (JSON.parse(added.stdout) as { id: string }).id
  const list = await gateway.hoop('casey', ['approvals', 'standing', 'list'])
  expect(list.stdout + list.stderr).toContain(standing)
  expect(await gateway.hoop('ines', ['approvals', 'standing', 'revoke', standing])).toMatchObject({ status: 0 })
  expect(await run()).toMatchObject({ status: 75 })
  const broken = ['exec', 'vectordb', sql, '--break-glass']
  expect(await gateway.hoop('casey', broken)).toMatchObject({ status: 64 })
  expect(await gateway.hoop('casey', [...broken, '--reason', 'outage'])).toMatchObject({ status: 0 })
  const all = await gateway.hoop('ines', ['approvals', 'list', '--all', '--json'])
  expect(JSON.parse(all.stdout)).toMatchObject({
    approvals: [
      { state: 'break-glass', reason: 'outage' },
      { id, state: 'open' },
    ],
  })
})
