import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { guardOf } from '../gateway/relay/policy.js'
import { relayServer } from '../gateway/relay/relay-server.js'
import { freshDatabase, type FreshDatabase } from '../helpers/database.js'

type Tool = 'node-pg-migrate' | 'pg-boss' | 'graphile-worker'

let stack: AsyncDisposableStack
let database: FreshDatabase

beforeEach(async () => {
  stack = new AsyncDisposableStack()
  database = stack.use(await freshDatabase())
})
afterEach(() => stack.disposeAsync())

/** Runs a tool to its end, as whoever the address says. @returns what it wrote where it failed */
const run = async (tool: Tool, address: URL): Promise<string> => {
  const env = {
    ...process.env,
    ...{ PGHOST: address.hostname, PGPORT: address.port, PGDATABASE: database.name },
    ...{ PGUSER: address.username, PGPASSWORD: decodeURIComponent(address.password), NO_LOG_SUCCESS: '1' },
  }
  const script = fileURLToPath(new URL(`migrations/${tool}.mjs`, import.meta.url))
  try {
    await promisify(execFile)(process.execPath, [script], { env })
    return ''
  } catch (error) {
    return (error as { stderr?: string }).stderr ?? String(error)
  }
}

/** Through hoop under a policy, on a port of its own. */
const through = async (policy: object): Promise<URL> => {
  const server = stack.use(await relayServer({ url: database.url, guard: await guardOf(database.url, policy) }))
  return new URL(`postgres://me:x@127.0.0.1:${server.port}`)
}

const packs = ['production']

test('under masks node-pg-migrate hears that functions are not made there', async () => {
  await (await database.client()).query('CREATE TABLE staff (id int, salary int)')
  const masks = [{ columns: ['public.staff.salary'], with: 'redact' }]
  const said = await run('node-pg-migrate', await through({ packs, masks }))
  expect(said).toMatch(/hoop: it cannot be proved .*CreateFunction: .*it can bring code into the database/)
})

test('node-pg-migrate runs through under the pack: what each migration has made it may index, and lengthen right after', async () => {
  expect(await run('node-pg-migrate', await through({ packs }))).toBe('')
})

test('graphile-worker is told which lock it would take, and installs itself where that is let through', async () => {
  const said = await run('graphile-worker', await through({ packs }))
  expect(said).toContain('hoop: the policy forbids this statement: building or dropping an index this way')
  expect(said).toContain('The rule is index-concurrently.')
  const warned = ['index-concurrently', 'no-lock-table', 'table-rewrite', 'no-drop', 'no-truncate', 'no-blind-update']
  const rules = warned.map((name) => ({ name, do: 'warn' }))
  expect(await run('graphile-worker', await through({ packs, rules }))).toBe('')
})

test('pg-boss is told that its functions put SQL together, and works once somebody else has installed them', async () => {
  const said = await run('pg-boss', await through({ packs }))
  expect(said).toContain('its body puts SQL together at run time')
  expect(said).toContain('Ask an administrator to create it on the database itself.')
  expect(await run('pg-boss', new URL(database.url))).toBe('')
  const trusted_functions = ['pgboss.create_queue', 'pgboss.delete_queue']
  expect(await run('pg-boss', await through({ packs, trusted_functions }))).toBe('')
})
