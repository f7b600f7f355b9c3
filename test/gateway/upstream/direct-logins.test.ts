import { connect, type Socket } from 'node:net'
import { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { readDirectLogins } from '../../../src/gateway/upstream/direct-logins.js'
import { LoginWatch } from '../../../src/gateway/upstream/login-watch.js'
import type { UpstreamTarget } from '../../../src/gateway/upstream/target.js'
import type { WebhookEvent } from '../../../src/gateway/webhooks/message.js'
import { checkGateway } from '../../../src/operator/check/check.js'
import { logInto, type LogLine } from '../server/start/started.js'
import { freshDatabase } from '../../helpers/database.js'
import { connectionTo, stage, urlOf } from '../quarantine/stage.js'

const server = new URL(inject('databaseUrl'))
/** On Linux all of 127.0.0.0/8 is this machine's, so that a second address is there without another machine. */
const elsewhere = '127.0.0.77'
const onLinux = test.skipIf(process.platform !== 'linux' || server.hostname !== '127.0.0.1')

const asSuperuser = async (...statements: string[]) => {
  const client = new Client({ connectionString: server.href })
  await client.connect()
  for (const sql of statements) await client.query(sql)
  await client.end()
}

/** A login role of the test's own: the suite's other tests log in as the superuser. */
const role = async () => {
  const name = `around_${Math.random().toString(36).slice(2, 8)}`
  await asSuperuser(`CREATE ROLE ${name} LOGIN PASSWORD 'secret'`)
  const login = async (from: string) => {
    const socket = (): Socket => {
      const made = connect({ host: server.hostname, port: Number(server.port), localAddress: from })
      // The driver connects its stream itself.
      return Object.assign(made, { connect: () => made })
    }
    const client = new Client({
      stream: socket,
      user: name,
      password: 'secret',
      database: 'postgres',
      application_name: 'notebook',
    })
    client.on('error', () => undefined)
    await client.connect()
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    return { pid: rows[0]!.pid, end: () => client.end() }
  }
  const target: UpstreamTarget = {
    ...{ host: server.hostname, port: Number(server.port), user: name, password: () => 'secret' },
    ...{ sslmode: 'disable', connectTimeout: 5000 },
  }
  return {
    ...{ name, login, target },
    [Symbol.asyncDispose]: () =>
      asSuperuser(
        `SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE usename = '${name}'`,
        `DROP ROLE ${name}`,
      ),
  }
}

onLinux(
  'a login from another address is seen, one from the gateway’s is not, and a known network isn’t one',
  async () => {
    await using it = await role()
    const [around, own] = [await it.login(elsewhere), await it.login('127.0.0.1')]
    const read = (known: string[] = []) => readDirectLogins(it.target, 'postgres', known)
    const { own: seen, logins } = await read()
    expect(seen).toBe('127.0.0.1')
    expect(logins).toEqual([
      {
        ...{ pid: around.pid, user: it.name, database: 'postgres', address: elsewhere, application: 'notebook' },
        port: expect.any(Number) as number,
        since: expect.any(Date) as Date,
      },
    ])
    expect(Math.abs(Date.now() - +logins[0]!.since)).toBeLessThan(60_000)
    expect((await read([elsewhere])).logins).toEqual([])
    expect((await read(['10.0.0.0/8', '127.0.0.64/26'])).logins).toEqual([])
    expect((await read(['fd00::/8', '127.0.0.78'])).logins).toHaveLength(1)
    await around.end()
    await expect.poll(async () => (await read()).logins).toEqual([])
    await own.end()
  },
)

onLinux('what somebody made on the login’s search path isn’t run as the login', async () => {
  await using it = await role()
  await using database = await freshDatabase()
  const owner = await database.client()
  // An exact operator beats the server's own, numeric times numeric, from wherever on the path.
  await owner.query(`CREATE SCHEMA theirs; GRANT USAGE ON SCHEMA theirs TO PUBLIC;
    CREATE FUNCTION theirs.times(numeric, int) RETURNS numeric LANGUAGE plpgsql
      AS 'BEGIN RAISE EXCEPTION ''ran as %'', current_user; END';
    CREATE OPERATOR theirs.* (FUNCTION = theirs.times, LEFTARG = numeric, RIGHTARG = int);
    ALTER DATABASE ${database.name} SET search_path = theirs`)
  const around = await it.login(elsewhere)
  expect((await readDirectLogins(it.target, database.name, [])).logins).toHaveLength(1)
  await around.end()
})

onLinux('of many the newest are named, and all are counted', async () => {
  await using it = await role()
  const logins = [await it.login(elsewhere), await it.login(elsewhere), await it.login(elsewhere)]
  const { count, logins: seen } = await readDirectLogins(it.target, 'postgres', [], 2)
  const newest = logins.toReversed().slice(0, 2)
  expect([seen.map(({ pid }) => pid), count]).toEqual([newest.map(({ pid }) => pid), 3])
  for (const login of logins) await login.end()
})

onLinux('each is said once, in the log and over the webhooks, and counted while it is there', async () => {
  await using it = await role()
  const lines: LogLine[] = []
  const events: WebhookEvent[] = []
  const around = await it.login(elsewhere)
  using watch = new LoginWatch({
    connections: () => [
      { connection: 'vectordb', target: it.target, database: 'postgres' },
      { connection: 'gone', target: { ...it.target, port: 1 }, database: 'postgres' },
    ],
    ...{ addresses: [], log: logInto(lines), webhooks: { emit: (event) => events.push(event) }, every: 50 },
  })
  await expect.poll(() => watch.counts, { timeout: 10_000 }).toEqual([{ connection: 'vectordb', count: 1 }])
  const second = await it.login(elsewhere)
  await expect.poll(() => watch.counts[0]?.count, { timeout: 10_000 }).toBe(2)
  await second.end()
  await expect.poll(() => watch.counts[0]?.count, { timeout: 10_000 }).toBe(1)
  const said = lines.filter(({ msg }) => msg.includes('past the gateway'))
  expect(said).toMatchObject([
    { connection: 'vectordb', address: elsewhere, pid: around.pid, application: 'notebook', user: it.name },
    { pid: second.pid },
  ])
  expect(events).toHaveLength(2)
  expect(events[0]).toMatchObject({ event: 'alert', fields: { connection: 'vectordb', state: 'bypassed' } })
  expect(events[0]?.text).toContain(`from ${elsewhere}, port `)
})

onLinux('the gateway and its check tell of it', async () => {
  await using it = await role()
  const around = await it.login(elsewhere)
  const url = urlOf('postgres').replace('connect_timeout=1', 'connect_timeout=20').replace('postgres@', `${it.name}@`)
  const connections = { db: connectionTo(url, 'open', { password: 'env:AROUND_PASSWORD' }) }
  await using on = await stage({ connections }, undefined, { AROUND_PASSWORD: 'secret' })
  const warning = () => on.it.log.find(({ msg }) => msg.includes('past the gateway'))
  await expect.poll(warning, { timeout: 20_000 }).toMatchObject({ connection: 'db', pid: around.pid })
  await expect.poll(() => on.alerts.map(({ data }) => data['state']), { timeout: 10_000 }).toContain('bypassed')
  const results = []
  for await (const each of checkGateway({ config: on.it.folder.config, env: on.env })) results.push(each)
  expect(results.find(({ name }) => name === 'other logins db')).toMatchObject({
    state: 'warning',
    detail: expect.stringMatching(
      new RegExp(`^${it.name} from ${elsewhere}, port \\d+, pid ${around.pid}, since .*notebook$`),
    ) as string,
    hint: expect.stringContaining('gateway.addresses') as string,
  })
})

onLinux(
  'of a connection with several users of its own each is asked as itself, and they are counted together',
  async () => {
    await using one = await role()
    await using other = await role()
    const lines: LogLine[] = []
    const around = [await one.login(elsewhere), await other.login(elsewhere), await other.login(elsewhere)]
    using watch = new LoginWatch({
      connections: () => [one, other].map(({ target }) => ({ connection: 'vectordb', target, database: 'postgres' })),
      ...{ addresses: [], log: logInto(lines), webhooks: { emit: () => undefined }, every: 50 },
    })
    await expect.poll(() => watch.counts, { timeout: 10_000 }).toEqual([{ connection: 'vectordb', count: 3 }])
    // Looked at again and again, each is said once.
    await around[0]!.end()
    await expect.poll(() => watch.counts, { timeout: 10_000 }).toEqual([{ connection: 'vectordb', count: 2 }])
    const said = lines.filter(({ msg }) => msg.includes('past the gateway'))
    expect(said.map(({ user }) => user).toSorted()).toEqual([one.name, other.name, other.name].toSorted())
    for (const login of around.slice(1)) await login.end()
  },
)

onLinux(
  'one role with several secrets is asked by the first that is right, and its logins are counted once',
  async () => {
    await using it = await role()
    const around = await it.login(elsewhere)
    const wrong = { ...it.target, login: 'wrong', password: () => 'wrong' }
    const right = { ...it.target, login: 'right' }
    for (const targets of [
      [wrong, right],
      [right, it.target],
    ]) {
      using watch = new LoginWatch({
        connections: () => targets.map((target) => ({ connection: 'vectordb', target, database: 'postgres' })),
        ...{ addresses: [], log: logInto([]), webhooks: { emit: () => undefined }, every: 50 },
      })
      await expect.poll(() => watch.counts, { timeout: 10_000 }).toEqual([{ connection: 'vectordb', count: 1 }])
    }
    await around.end()
  },
)
