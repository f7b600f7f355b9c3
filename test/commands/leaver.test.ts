import { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { startTestGateway } from '../helpers/gateway.js'

/** Milliseconds that a grant lives; it is renewed at half of that. */
const ttl = 12_000

test('a provider that refuses the refresh ends the session with that renewal, and the person reads why', async () => {
  await using gateway = await startTestGateway({
    database: inject('databaseUrl'),
    identity: { grant: { ttl: `${ttl / 1000}s` } },
  })
  expect((await gateway.login('casey')).status).toBe(0)
  await using port = await gateway.connect('casey')
  const client = new Client({ connectionString: port.dsn })
  const ended = new Promise<Error & { code?: string; hint?: string }>((resolve) => client.on('error', resolve))
  await client.connect()
  gateway.idp.disable('casey')
  // Where the grant had lapsed first, these would be other words.
  const error = await ended
  expect(error).toMatchObject({
    code: '57P01',
    message: expect.stringContaining('the identity provider refused to renew the login') as string,
  })
  await port.process.until(/"event":"renewal_failed","name":"vectordb","code":"LOGIN_ENDED"/)
  const anew = new Client({ connectionString: port.dsn })
  await expect(anew.connect()).rejects.toThrow(/the identity provider refused to renew your login/)

  // Enabled again, the same hoop connect goes on.
  gateway.idp.enable('casey')
  const back = new Client({ connectionString: port.dsn })
  await back.connect()
  expect((await back.query('SELECT 1')).rowCount).toBe(1)
  await back.end()
})
