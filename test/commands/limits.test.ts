import { readFile, writeFile } from 'node:fs/promises'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { freshDatabase } from '../helpers/database.js'
import { startTestGateway } from '../helpers/gateway.js'

test('who asks too often is told when to ask again: a script by its exit status, a driver by SQLSTATE', async () => {
  await using database = await freshDatabase()
  const rates = { grants: { per_person: '2/h' }, tunnels: { per_person: '2/h' } }
  await using gateway = await startTestGateway({ database: database.url, gateway: { limits: { rates } } })
  expect((await gateway.hoop('casey', ['exec', 'vectordb', 'SELECT 1'])).status).toBe(0)
  await using port = await gateway.connect('casey')
  const connected = async () => {
    const client = new Client({ host: port.host, port: port.port, user: 'x' })
    await client.connect()
    await client.end()
  }
  await connected()
  await expect(connected()).rejects.toMatchObject({
    code: '53400',
    message: 'hoop: too many requests: connections of one person',
    detail: 'The limit is 2 in an hour (gateway.limits.rates.tunnels.per_person).',
    hint: expect.stringMatching(/^Try again in 1[78]\d\d s\.$/) as string,
  })
  const refused = await gateway.hoop('casey', ['exec', 'vectordb', 'SELECT 1', '--json'])
  expect(refused.status).toBe(75)
  expect(refused.stdout + refused.stderr).toMatch(
    /RATE_LIMITED[^]*requests for grants of one person[^]*Try again in 1[78]\d\d s/,
  )

  const text = await readFile(gateway.configFile, 'utf8')
  await writeFile(gateway.configFile, text.replace('2/h', 'two'))
  const checked = await gateway.hoop('olu', ['gateway', 'check', '--config', gateway.configFile])
  expect(checked.status).toBe(78)
  expect(checked.stdout + checked.stderr).toMatch(
    /hoop\.yaml:\d+:\d+: gateway\.limits\.rates\.grants\.per_person: found "two", expected a rate such as 10\/s/,
  )
})
