import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { expect, inject, test, vi } from 'vitest'
import { parseDocument } from 'yaml'
import type { Approval } from '../../src/lib/api/approvals.js'
import type { ServiceTokenMade } from '../../src/lib/api/service-tokens.js'
import { startTestGateway } from '../helpers/gateway.js'
import { hoop } from '../helpers/command/hoop.js'
import { filesIn, secretsIn, titleOf } from './secret-search.js'

vi.setConfig({ testTimeout: 300_000 })

const random = (name: string): string => `${name}-${randomBytes(18).toString('base64url')}`

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
      const client = new Client({ connectionString: port.dsn })
      client.on('notice', (notice) => said.push(JSON.stringify([notice.message, { ...notice }])))
      const refused = async (sql: string) => {
        const error: unknown = await client.query(sql).then(
          () => new Error('it was not refused'),
          (each: unknown) => each,
        )
        said.push(JSON.stringify([String(error), { ...(error as Error) }]))
        return error
      }
      await client.connect()
      await client.query('CREATE TABLE IF NOT EXISTS planted_rows AS SELECT 1 AS id')
      expect(await refused('DROP TABLE planted_rows')).toMatchObject({ routine: 'hoop/STATEMENT_BLOCKED' })
      expect(await refused('SELEC 1')).toMatchObject({ code: '42601' })
      const { rows } = await client.query("SELECT current_setting('application_name'), usename FROM pg_stat_activity")
      said.push(JSON.stringify(rows))
      // While a session is open: what is put into a title is put there by then.
      titles.push(await titleOf(port.process.process.pid), await titleOf(gateway.server.process.pid))
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
    const another = `${secret.slice(0, -1)}${secret.endsWith('x') ? 'y' : 'x'}`
    expect(await as(another, 'exec', 'vectordb', 'SELECT 2', '--json')).not.toBe(0)
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
    titles.push(await titleOf(gateway.server.process.pid))
    expect(titles).not.toContain('')
    const { stdout, stderr } = await gateway.end()
    said.push(stdout, stderr)

    const where = new Map<string, string[]>()
    for (const [name, text] of await filesIn(gateway.folder)) {
      const found = secretsIn(text, planted)
      if (found.length > 0) where.set(name.replace(/\/[^/]*@[^/]*$|homes\/(\w+)\/.*/, 'homes/$1'), found)
    }
    expect({
      titles: secretsIn(titles.join('\n'), planted),
      said: said.flatMap((text) => secretsIn(text, planted).map((name) => `${name} in: ${text}`)),
      files: [...where.keys()].toSorted(),
    }).toEqual({
      titles: [],
      said: [],
      files: ['homes/casey', 'secrets/vectordb.password', 'tls/ca-key.pem', 'tls/key.pem'],
    })
  }
  await admin.query(`DROP OWNED BY ${role} CASCADE`)
  await admin.query(`DROP ROLE ${role}`)
  await admin.end()
})
