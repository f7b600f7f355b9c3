import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { startupMessage } from '../../../src/wire/startup.js'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { guardOf } from '../relay/policy.js'
import { relayServer } from '../relay/relay-server.js'
import { errorsIn, rowsIn, send, WireClient } from '../relay/wire-client.js'

let template: FreshDatabase
let url: string
const name = `latin_${process.pid}`
const latin = `${name} TEMPLATE template0 LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'LATIN1'`
beforeAll(async () => {
  template = await freshDatabase()
  const admin = await template.client()
  await admin.query(`CREATE DATABASE ${latin}`)
  const other = new URL(inject('databaseUrl'))
  other.pathname = `/${name}`
  url = other.href
  await (await template.client({ connectionString: url })).query(`CREATE TABLE people (ssn text)`)
})
afterAll(async () => {
  await (await template.client()).query(`DROP DATABASE ${name} WITH (FORCE)`)
  await template[Symbol.asyncDispose]()
})

// In LATIN1 these are 40 bytes, and two names; in UTF-8 they are 79, and one in their first 63.
test('a policy is not kept in a database that cuts names elsewhere than hoop does, and the session is refused', async () => {
  const guard = await guardOf(url, { masks: [{ columns: ['public.people.ssn'], with: 'redact' }] })
  await using server = await relayServer({ url, guard })
  const client = await WireClient.open(server.port)
  client.write(startupMessage([['user', 'x']]))
  expect(errorsIn(await client.until(1))).toMatchObject([
    { V: 'FATAL', C: '0A000', R: 'hoop/UPSTREAM_ENCODING', M: expect.stringContaining('LATIN1') as string },
  ])
})

test('without a policy such a database works as on a direct connection', async () => {
  await using server = await relayServer({ url })
  const client = await WireClient.login(server.port)
  expect(rowsIn(await client.ask(send.query("SELECT 'é'")))).toEqual([['é']])
  await client.end()
})
