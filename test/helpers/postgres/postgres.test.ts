import { readFileSync } from 'node:fs'
import { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { freshDatabase } from '../database.js'

const as = (user: string, config: object = {}) => {
  const url = new URL(inject('databaseUrl'))
  return new Client({
    host: url.hostname,
    port: Number(url.port),
    database: 'postgres',
    user,
    password: 'secret',
    ...config,
  })
}
const ca = () => readFileSync(inject('caFile'), 'utf8')

test('the suite’s server speaks verified TLS', async () => {
  await using database = await freshDatabase()
  const client = await database.client({ ssl: { ca: ca() } })
  const { rows } = await client.query(
    'SELECT ssl, current_database() AS name FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
  )
  expect(rows).toEqual([{ ssl: true, name: database.name }])
})

test.for(['login_md5', 'login_cleartext', 'login_trust', 'login_tls_only'])('%s logs in over TLS', async (user) => {
  const client = as(user, { ssl: { ca: ca() } })
  await client.connect()
  await client.end()
})

test.for(['login_cleartext', 'login_tls_only', 'login_none'])(
  '%s is refused or asked for SCRAM without TLS',
  async (user) => {
    const client = as(user, { password: user === 'login_cleartext' ? 'wrong' : 'secret' })
    client.on('error', () => undefined)
    await expect(client.connect()).rejects.toThrow(/pg_hba|authentication failed/)
  },
)
