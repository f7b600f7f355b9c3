import { execFile } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { readRecording } from '../../src/recording/reader.js'
import { blocksOf, pages } from '../docs/pages.js'
import { freshDatabase } from '../helpers/database.js'
import { startTestGateway, type TestGateway } from '../helpers/gateway.js'
import { type TempFolder, tempFolder } from '../helpers/temp.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const operations = pages.find(({ path }) => path === 'docs/operations.md')!

/** The shell block of docs/operations.md that has a line, line by line, with its paths in place of those of the page. */
const shell = (line: string, folder: string, backup: string): string[] => {
  const found = blocksOf(operations).filter(({ language, text }) => language === 'sh' && text.includes(line))
  expect(found).toHaveLength(1)
  return found[0]!.text
    .replaceAll('/etc/hoop', folder)
    .replaceAll(/\/backup\/[\w-]+/g, backup)
    .split('\n')
    .filter((each) => each !== '')
}

/** Runs lines as somebody types them, with this checkout's hoop and this Node in the path. */
const type = async (lines: readonly string[], tools: TempFolder): Promise<string> => {
  const hoop = tools.file('hoop')
  await writeFile(hoop, `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'bin/run.js')}" "$@"\n`)
  await chmod(hoop, 0o755)
  await rm(tools.file('node'), { force: true })
  await symlink(process.execPath, tools.file('node'))
  const { stdout } = await promisify(execFile)('/bin/sh', ['-euc', lines.join('\n')], {
    cwd: root,
    env: { PATH: `${tools.path}:${dirname(process.execPath)}:/usr/bin:/bin`, HOME: tools.path, NO_COLOR: '1' },
  })
  return stdout
}

const masks = [{ columns: ['public.customers.email'], with: 'hash' }]

const started = async (): Promise<TestGateway & { readonly clean: AsyncDisposableStack }> => {
  const clean = new AsyncDisposableStack()
  const database = clean.use(await freshDatabase())
  const client = await database.client()
  await client.query(`create table customers (id int, email text); insert into customers values (1, 'ada@example.com')`)
  await client.end()
  const gateway = clean.use(
    await startTestGateway({
      database: database.url,
      policies: { open: { masks, predicates: { guesses: '100/day' } } },
    }),
  )
  return Object.assign(gateway, { clean })
}

const hashes = async (gateway: TestGateway, account: string): Promise<string> => {
  const { stdout, status, stderr } = await gateway.hoop(account, [
    ...['exec', 'vectordb', 'select email from customers', '--format', 'csv'],
  ])
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

interface Listed {
  readonly id: string
  readonly end?: string
}

const listed = async (gateway: TestGateway): Promise<Listed[]> => {
  const { stdout } = await gateway.hoop('ines', ['sessions', 'list', '--json'])
  return (JSON.parse(stdout) as { sessions: Listed[] }).sessions
}

const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.hooprec')).toSorted()

test('what docs/operations.md says of backup and restore gives the gateway back', { timeout: 300_000 }, async () => {
  const gateway = await started()
  await using _clean = gateway.clean
  await using tools = await tempFolder()
  const backup = tools.file('copy')
  const { folder } = gateway
  expect((await gateway.login('mika')).status).toBe(0)
  const before = await hashes(gateway, 'mika')
  expect(before).not.toContain('ada@')
  expect((await gateway.hoop('casey', ['connections'])).status).toBe(0)
  const revoked = await gateway.hoop('olu', ['people', 'revoke', 'casey@contractor.example', '--reason', 'left'])
  expect(revoked.status).toBe(0)
  const port = await gateway.connect('mika')
  const live = new Client({ connectionString: port.dsn })
  live.on('error', () => undefined)
  await live.connect()
  await live.query('select 1')

  await type(shell('packaging/backup.sh /etc/hoop /backup/hoop-', folder, backup), tools)
  // As secret as what it was made of.
  expect((await stat(backup)).mode & 0o777).toBe(0o700)
  for (const secret of ['hoop.db', 'keys/signing.json', 'keys/masking.key'])
    expect([secret, (await stat(join(backup, secret))).mode & 0o077]).toEqual([secret, 0])
  const copied = await filesIn(join(backup, 'recordings'))
  expect(copied).toHaveLength(2)
  const [ended, stillLive] = [(await listed(gateway)).at(-1)!.id, (await listed(gateway))[0]!.id]
  await hashes(gateway, 'mika')

  await gateway.end('SIGKILL')
  // First, or the session is kept for the gateway's return.
  await port[Symbol.asyncDispose]()
  await live.end().catch(() => undefined)
  // Homes of people are on their own machines.
  await rename(join(folder, 'homes'), tools.file('homes'))
  await rm(folder, { recursive: true })
  const lines = shell('cp -a /backup/hoop-', folder, backup)
  expect(lines.at(-1)).toBe(`hoop gateway start --config ${gateway.configFile}`)
  await type(lines.slice(0, -1), tools)
  await rename(tools.file('homes'), join(folder, 'homes'))
  await gateway.restart()

  expect(await listed(gateway)).toMatchObject([
    { id: stillLive, end: 'aborted' },
    { id: ended, end: 'closed' },
  ])
  for (const name of await filesIn(join(folder, 'recordings'))) {
    const types: string[] = []
    for await (const event of readRecording(join(folder, 'recordings', name))) types.push(event.type)
    expect([types[0], types.at(-1)]).toEqual(['start', 'end'])
  }
  // By the login of before, with the certificate of before.
  expect(await hashes(gateway, 'mika')).toBe(before)
  const out = await gateway.hoop('casey', ['connections'])
  expect({ status: out.status, stderr: out.stderr }).toMatchObject({
    status: 77,
    stderr: expect.stringContaining('your access was revoked') as string,
  })
})

test('a store that a newer version has changed is refused, and the one of before the upgrade takes its place', async () => {
  const gateway = await started()
  await using _clean = gateway.clean
  await using tools = await tempFolder()
  const backup = tools.file('before')
  const { folder } = gateway
  await hashes(gateway, 'mika')
  await type([`packaging/backup.sh ${folder} ${backup}`], tools)
  await hashes(gateway, 'mika')
  await gateway.end()
  const store = new DatabaseSync(join(folder, 'hoop.db'))
  store.exec(`insert into kysely_migration values ('999-newer', '2026-12-01T00:00:00.000Z')`)
  store.close()
  await expect(gateway.restart()).rejects.toThrow('the gateway’s state has a form that this version does not know')

  const lines = shell('rm -f /etc/hoop/hoop.db ', folder, backup)
  expect(lines.at(-1)).toBe(`hoop gateway start --config ${gateway.configFile}`)
  await type(lines.slice(0, -1), tools)
  await gateway.restart()
  // That of after the copy comes back from its recording and the ledger.
  expect(await listed(gateway)).toMatchObject([{ end: 'closed' }, { end: 'closed' }])
  expect(await filesIn(join(folder, 'recordings'))).toHaveLength(2)
})

test('the copy is of one moment, however much is written to the store meanwhile', async () => {
  await using folder = await tempFolder()
  await mkdir(folder.file('recordings'))
  await writeFile(folder.file('hoop.yaml'), '')
  const store = new DatabaseSync(folder.file('hoop.db'))
  // What was written last stands beside hoop.db, as it does while a gateway runs.
  store.exec('pragma journal_mode = wal; pragma wal_autocheckpoint = 0; create table pairs (one int, other int)')
  store.exec(`insert into pairs select value, value from (with recursive n(value) as
    (select 1 union all select value + 1 from n where value < 200000) select value from n)`)
  let writes = 0
  const timer = setInterval(() => {
    store.exec('update pairs set one = one + 1, other = other + 1 where one % 7 = 0; insert into pairs values (7, 7)')
    writes++
  }, 1)
  await type([`packaging/backup.sh ${folder.path} ${folder.file('copy')}`], folder)
  clearInterval(timer)
  expect(writes).toBeGreaterThan(0)
  store.close()
  const copy = new DatabaseSync(folder.file('copy/hoop.db'))
  expect(copy.prepare('select count(*) as wrong from pairs where one <> other').get()).toEqual({ wrong: 0 })
  expect(copy.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' })
  copy.close()
})

test('a target that is there is left alone, and links are followed', async () => {
  await using folder = await tempFolder()
  await mkdir(folder.file('recordings'))
  await mkdir(folder.file('keys'))
  new DatabaseSync(folder.file('hoop.db')).close()
  await writeFile(folder.file('real.yaml'), 'gateway: {}\n')
  await symlink('real.yaml', folder.file('hoop.yaml'))
  await writeFile(folder.file('real.key'), 'key')
  await symlink('../real.key', folder.file('keys/masking.key'))
  const copy = folder.file('copy')
  const make = () => type([`packaging/backup.sh ${folder.path} ${copy}`], folder)
  await make()
  await rm(folder.file('real.yaml'))
  expect(await readFile(join(copy, 'hoop.yaml'), 'utf8')).toBe('gateway: {}\n')
  expect(await readFile(join(copy, 'keys/masking.key'), 'utf8')).toBe('key')
  await writeFile(folder.file('real.yaml'), 'gateway: changed\n')
  await expect(make()).rejects.toThrow(/copy/)
  expect(await readFile(join(copy, 'hoop.yaml'), 'utf8')).toBe('gateway: {}\n')
})
