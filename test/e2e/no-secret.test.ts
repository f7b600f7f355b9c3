import { randomBytes } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { Client } from 'pg'
import { expect, inject, test, vi } from 'vitest'
import { parseDocument } from 'yaml'
import { readRecording } from '../../src/recording/reader.js'
import type { Approval } from '../../src/lib/api/approvals.js'
import type { ServiceTokenMade } from '../../src/lib/api/service-tokens.js'
import { startTestGateway } from '../helpers/gateway.js'
import { hoop } from '../helpers/command/hoop.js'

vi.setConfig({ testTimeout: 300_000 })

const random = (name: string): string => `${name}-${randomBytes(18).toString('base64url')}`

/** As it may be written: as it is, in a URL, in base64. */
const forms = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
]

/** Which secrets stand in a text, by name. Whole tokens of our own kinds are secrets whoever planted them. */
const secretsIn = (text: string, planted: ReadonlyMap<string, string>): string[] => [
  ...[...planted].filter(([, secret]) => forms(secret).some((form) => text.includes(form))).map(([name]) => name),
  ...(/\bhoop_st_\w{20,}/.test(text) ? ['a service token'] : []),
  ...(/\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/.test(text) ? ['a signed token'] : []),
  ...(/BEGIN [A-Z ]*PRIVATE KEY/.test(text) ? ['a private key'] : []),
]

/** Every file below a folder, a recording as what is recorded in it as well. */
const filesIn = async (folder: string): Promise<Map<string, string>> => {
  const found = new Map<string, string>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const raw = await readFile(path, 'latin1')
    const events: unknown[] = []
    if (raw.includes('hoop') && relative(folder, path).startsWith('recordings/') && /\.rec$|\.hoop/.test(path))
      for await (const event of readRecording(path)) events.push(event)
    found.set(relative(folder, path), raw + (await readFile(path, 'utf8')) + JSON.stringify(events))
  }
  return found
}

/** What `ps` shows of a process and its threads. */
const title = async (pid: number | undefined): Promise<string> =>
  pid === undefined ? '' : readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')

test('the search finds what it looks for', () => {
  const planted = new Map([['a password', 'p&ss/word-1234567']])
  const encoded = Buffer.from('p&ss/word-1234567').toString('base64')
  for (const line of ['{"msg":"p&ss/word-1234567"}', 'postgres://u:p%26ss%2Fword-1234567@h', `Basic ${encoded}`])
    expect(secretsIn(line, planted)).toEqual(['a password'])
  expect(secretsIn('nothing', planted)).toEqual([])
  expect(secretsIn(`HOOP_TOKEN=hoop_st_${'a'.repeat(40)}`, planted)).toEqual(['a service token'])
})

test('in a day of everything that people and programs do, no secret is written but where it belongs', async () => {
  const planted = new Map<string, string>()
  const plant = (name: string): string => {
    const secret = random(name.replace(/\W/g, '-'))
    planted.set(name, secret)
    return secret
  }
  const admin = new Client({ connectionString: inject('databaseUrl') })
  await admin.connect()
  const role = `planted_${randomBytes(4).toString('hex')}`
  const password = plant('the database’s password')
  await admin.query(`CREATE ROLE ${role} LOGIN SUPERUSER PASSWORD '${password}'`)
  const database = new URL(inject('databaseUrl'))
  database.username = role
  database.password = password
  const [scim, web, hook] = [plant('the directory’s token'), plant('the web client’s secret'), plant('a webhook’s key')]
  const approvers = { groups: ['security'], count: 1 }
  const said: string[] = []
  const titles: string[] = []
  {
    await using gateway = await startTestGateway({
      database: database.href,
      identity: {
        scim: { token: 'env:SCIM_TOKEN' },
        web: { client_id: 'hoop-web', client_secret: 'env:WEB_SECRET' },
      },
      gateway: { webhooks: [{ url: 'http://127.0.0.1:9/closed', secret: 'env:HOOK_KEY' }] },
      access: [{ groups: ['contractors', 'ml-eng'], policy: 'open' }],
      policies: {
        open: {
          rules: [
            { name: 'no-drop', when: { statement: ['drop'] }, do: 'block' },
            { name: 'deletions', when: { statement: ['delete'] }, do: 'approve', approvers },
          ],
        },
      },
      env: { SCIM_TOKEN: scim, WEB_SECRET: web, HOOK_KEY: hook },
    })
    const run = async (account: string, ...args: string[]) => {
      const result = await gateway.hoop(account, args)
      said.push(result.stdout, result.stderr)
      return result
    }
    const as = async (token: string, ...args: string[]) => {
      const env = { HOOP_TOKEN: token, HOOP_GATEWAY: gateway.url, HOOP_CA: gateway.caFile }
      const result = await hoop(args, { home: gateway.home('program'), cwd: gateway.folder, env })
      said.push(result.stdout, result.stderr)
      return result.status
    }
    const login = await gateway.login('casey')
    said.push(login.stdout, login.stderr)
    for (const [name, text] of await filesIn(gateway.home('casey')))
      if (name.includes('secrets')) {
        const tokens = [...text.matchAll(/"(\w*[tT]oken)\\?":\\?"([^"\\]{20,})/g)]
        for (const [, kind = '', token = ''] of tokens) planted.set(`casey’s ${kind}`, token)
      }
    expect([...planted.keys()].filter((name) => name.startsWith('casey'))).not.toEqual([])
    const signing = await readFile(join(gateway.folder, 'hoop.yaml'), 'utf8')
    expect(secretsIn(signing, planted)).toEqual([])

    {
      await using port = await gateway.connect('casey')
      titles.push(await title(port.process.process.pid), await title(gateway.server.process.pid))
      const client = new Client({ connectionString: port.dsn })
      await client.connect()
      await client.query('CREATE TABLE IF NOT EXISTS planted_rows AS SELECT 1 AS id')
      await expect(client.query('DROP TABLE planted_rows')).rejects.toThrow()
      await expect(client.query('SELEC 1')).rejects.toThrow()
      await client.query("SELECT current_setting('application_name'), usename FROM pg_stat_activity")
      await client.end()
      said.push(port.process.stdout, port.process.stderr)
    }
    expect((await run('casey', 'exec', 'vectordb', 'SELECT 1', '--json')).status).toBe(0)
    expect((await run('casey', 'exec', 'vectordb', 'DELETE FROM planted_rows', '--json')).status).toBe(75)
    const [request] = (
      JSON.parse((await run('ines', 'approvals', 'list', '--json')).stdout) as { approvals: Approval[] }
    ).approvals
    expect((await run('ines', 'approvals', 'approve', request!.id, '--json')).status).toBe(0)
    expect((await run('casey', 'exec', 'vectordb', 'DELETE FROM planted_rows')).status).toBe(0)

    // The one place where a token's secret is shown is its making.
    const made = await gateway.hoop('casey', [
      'tokens',
      'create',
      'nightly',
      '--connection',
      'vectordb',
      '--ttl',
      '1d',
      '--json',
    ])
    const { secret } = JSON.parse(made.stdout) as ServiceTokenMade
    planted.set('a service token’s secret', secret)
    expect(await as(secret, 'exec', 'vectordb', 'SELECT 2', '--json')).toBe(0)
    expect(await as(`${secret.slice(0, -1)}x`, 'exec', 'vectordb', 'SELECT 2', '--json')).not.toBe(0)
    expect(await as(secret, 'approvals', 'list', '--json')).not.toBe(0)
    const [rotated, list] = [
      await gateway.hoop('casey', ['tokens', 'rotate', 'nightly', '--json']),
      await run('casey', 'tokens', 'list', '--json'),
    ]
    planted.set('its next secret', (JSON.parse(rotated.stdout) as ServiceTokenMade).secret)
    expect(list.status).toBe(0)
    expect((await run('casey', 'tokens', 'revoke', 'nightly', '--reason', 'done')).status).toBe(0)
    expect(await as(secret, 'exec', 'vectordb', 'SELECT 2', '--json')).not.toBe(0)

    await run('olu', 'gateway', 'rotate-keys', '--config', gateway.configFile, '--reason', 'a test', '--json')
    for (const args of [
      ['audit', 'acts'],
      ['sessions', 'list'],
      ['people', 'revoke', 'casey', '--reason', 'left'],
    ])
      await run('olu', ...args, '--json')
    const [session] = (
      JSON.parse((await run('ines', 'sessions', 'list', '--json')).stdout) as { sessions: { id: string }[] }
    ).sessions
    await run('ines', 'sessions', 'show', session!.id, '--json')

    // A mistake that has a secret in it, and a password that the server refuses.
    const good = await readFile(gateway.configFile, 'utf8')
    const bad = parseDocument(good)
    bad.setIn(['connections', 'vectordb', 'url'], database.href)
    bad.setIn(['identity', 'scim', 'token'], scim)
    await writeFile(gateway.configFile, bad.toString())
    gateway.server.process.kill('SIGHUP')
    await gateway.server.until(/the configuration that was in force stays in force/)
    await run('olu', 'gateway', 'check', '--config', gateway.configFile)
    await writeFile(gateway.configFile, good)
    await admin.query(`ALTER ROLE ${role} PASSWORD 'another'`)
    await run('mika', 'exec', 'vectordb', 'SELECT 3', '--json')
    const { stdout, stderr } = await gateway.end()
    said.push(stdout, stderr)

    expect(secretsIn(titles.join('\n'), planted)).toEqual([])
    expect(said.flatMap((text) => secretsIn(text, planted).map((name) => `${name} in: ${text}`))).toEqual([])
    const where = new Map<string, string[]>()
    for (const [name, text] of await filesIn(gateway.folder)) {
      const found = secretsIn(text, planted)
      if (found.length > 0) where.set(name.replace(/\/[^/]*@[^/]*$|homes\/(\w+)\/.*/, 'homes/$1'), found)
    }
    expect([...where.keys()].toSorted()).toEqual([
      'homes/casey',
      'secrets/vectordb.password',
      'tls/ca-key.pem',
      'tls/key.pem',
    ])
  }
  await admin.query(`DROP OWNED BY ${role} CASCADE`)
  await admin.query(`DROP ROLE ${role}`)
  await admin.end()
})
