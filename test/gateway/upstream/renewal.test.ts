import { X509Certificate } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { checkGateway } from '../../../src/operator/check/check.js'
import { makeCertificates } from '../../helpers/certificates.js'
import { freshDatabase } from '../../helpers/database.js'
import { startPostgres } from '../../helpers/postgres/postgres.js'
import { tempFolder } from '../../helpers/temp.js'
import { connectionTo, stage, urlOf } from '../quarantine/stage.js'

const asSuperuser = async (url: string, sql: string) => {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(sql)
  await client.end()
}

/** A connection as a role of its own, whose password a command prints: from a file that stands for the vault. */
const rotating = async (lifetime: string) => {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(await freshDatabase())
  const role = `rotating_${Math.random().toString(36).slice(2, 10)}`
  await asSuperuser(inject('databaseUrl'), `CREATE ROLE ${role} LOGIN PASSWORD 'first'`)
  stack.defer(() => asSuperuser(inject('databaseUrl'), `DROP ROLE ${role}`))
  const name = new URL(database.url).pathname.slice(1)
  const url = urlOf(name).replace('connect_timeout=1', 'connect_timeout=20').replace('postgres@', `${role}@`)
  const on = stack.use(
    await stage(
      { connections: { db: connectionTo(url, 'open', { password: { exec: ['bin/vault', 'kv', 'get'], lifetime } }) } },
      async (folder) => {
        await writeFile(folder.file('vault'), 'first\n')
        await writeFile(folder.file('runs'), '')
        await mkdir(folder.file('bin'))
        const script =
          '#!/bin/sh\necho x >> runs\n[ -e broken ] && { echo "token hvs.CAESIJ1234567890abcdef expired" >&2; exit 2; }\ncat vault\n'
        await writeFile(folder.file('bin/vault'), script, { mode: 0o755 })
      },
    ),
  )
  on.env['PATH'] = process.env['PATH']
  const runs = async () => (await readFile(on.it.folder.file('runs'), 'utf8')).length / 2
  const owned = stack.move()
  return {
    ...{ on, runs },
    alter: (password: string) => asSuperuser(inject('databaseUrl'), `ALTER ROLE ${role} PASSWORD '${password}'`),
    toVault: (password: string) => writeFile(on.it.folder.file('vault'), `${password}\n`),
    break: () => writeFile(on.it.folder.file('broken'), ''),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

test('a password that was rotated takes effect at the first refusal, and ends no session', async () => {
  await using it = await rotating('1h')
  const mika = await it.on.mika('db')
  const { client: before } = await mika.connect()
  expect((await before.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  const ran = await it.runs()
  await it.alter('second')
  await it.toVault('second')
  // Several at once share the one reading.
  const after = await Promise.all([mika.connect(), mika.connect(), mika.connect()])
  for (const { client } of after) expect((await client.query('SELECT 2 AS two')).rows).toEqual([{ two: 2 }])
  expect(await it.runs()).toBe(ran + 1)
  expect((await before.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  expect(it.on.said('db')).toEqual([])
})

test('where the vault still gives the old password, the refusal stays one', async () => {
  await using it = await rotating('1h')
  const mika = await it.on.mika('db')
  await mika.connect()
  await it.alter('second')
  await expect(mika.connect()).rejects.toMatchObject({ routine: 'hoop/CONNECTION_UNAVAILABLE' })
  await it.toVault('second')
  await expect
    .poll(async () => (await mika.connect()).client !== undefined, { timeout: 20_000, interval: 500 })
    .toBe(true)
})

test('a vault that fails is said in the log, in readiness, and to no client; the last password goes on', async () => {
  await using it = await rotating('3s')
  const { on } = it
  const mika = await on.mika('db')
  await mika.connect()
  await it.break()
  await on.it.gateway.reload()
  await mika.connect()
  const words = 'a secret can not be read anew; the last good value is used until its lifetime is over'
  const line = on.it.log.find(({ msg }) => msg === words)
  expect(line).toMatchObject({ why: expect.stringContaining('ended with status 2') as string })
  expect(line?.['stderr']).toContain('token [redacted]')
  expect(JSON.stringify(on.it.log)).not.toMatch(/hvs\.CAES|"first"/)
  const ready = await mika.client.get<{ stale_secrets: number }>('/readyz')
  expect(ready.stale_secrets).toBe(1)
  const results = []
  for await (const each of checkGateway({ config: on.it.folder.config, env: on.env })) results.push(each)
  const { state, detail } = results.find(({ name }) => name === 'secrets')!
  expect({ state, detail }).toEqual({
    state: 'failed',
    detail: expect.stringMatching(
      /hoop\.yaml:\d+:\d+: command .*vault ended with status 2\ncommand .* said: token \[redacted\]/,
    ) as string,
  })
  await sleep(3_100)
  const refused = await mika.connect().catch((error: unknown) => error)
  expect(refused).toMatchObject({ routine: 'hoop/CONNECTION_UNAVAILABLE' })
  expect((refused as Error).message).not.toMatch(/vault|status|command/)
  const { connections } = await mika.client.get<{ connections: { troubles: object[] }[] }>('/v1/quarantine')
  expect(JSON.stringify(connections)).not.toContain('expired')
  expect(connections[0]?.troubles[0]).toMatchObject({ code: 'SECRET_MISSING' })
})

const serialOf = (pem: string) => BigInt(`0x${new X509Certificate(pem).serialNumber}`).toString()

test.for(['sslcert and sslkey', 'client_certificate'] as const)(
  'a client certificate that was rotated is shown at the next login: %s',
  async (form) => {
    await using folder = await tempFolder()
    await chmod(folder.path, 0o755)
    const issue = async (prefix: string) => {
      const { caFile, certFile, keyFile } = await makeCertificates(folder.path, { names: ['postgres'], prefix })
      const [ca, cert, key] = await Promise.all([caFile, certFile, keyFile].map((path) => readFile(path, 'utf8')))
      return { ca: ca!, cert: cert!, key: key! }
    }
    const [first, second] = await Promise.all([issue('first-'), issue('second-')])
    await writeFile(folder.file('clients.pem'), first.ca + second.ca)
    await using server = await startPostgres({ ssl_ca_file: folder.file('clients.pem') })
    const put = async ({ cert, key }: { cert: string; key: string }) => {
      await writeFile(folder.file('cert.pem'), cert)
      await writeFile(folder.file('key.pem'), key, { mode: 0o600 })
      await writeFile(folder.file('both.pem'), cert + key, { mode: 0o600 })
    }
    await put(first)
    await writeFile(folder.file('password'), server.password, { mode: 0o600 })
    const base = `postgres://postgres@127.0.0.1:${server.port}/postgres?sslmode=verify-full&sslrootcert=${server.caFile}`
    const files = `&sslcert=${folder.file('cert.pem')}&sslkey=${folder.file('key.pem')}`
    const connection =
      form === 'client_certificate'
        ? connectionTo(base, 'open', { client_certificate: { file: folder.file('both.pem'), lifetime: '2s' } })
        : connectionTo(base + files)
    await using on = await stage({
      connections: { db: { ...connection, password: `file:${folder.file('password')}` } },
    })
    const mika = await on.mika('db')
    const shown = async (client: Client) =>
      (
        await client.query<{ serial: string }>(
          'SELECT client_serial::text AS serial FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
        )
      ).rows[0]?.serial
    const { client: before } = await mika.connect()
    expect(await shown(before)).toBe(serialOf(first.cert))
    await put(second)
    const next = async () => shown((await mika.connect()).client)
    await expect.poll(next, { timeout: 5_000, interval: 200 }).toBe(serialOf(second.cert))
    expect(await shown(before)).toBe(serialOf(first.cert))
  },
)
