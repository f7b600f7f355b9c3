import { Client } from 'pg'
import { expect, test } from 'vitest'
import { freshDatabase } from './database.js'
import { startTestGateway } from './gateway.js'

test('a test’s gateway lets a driver through to a test’s database, and comes back after a kill', async () => {
  await using database = await freshDatabase()
  await using gateway = await startTestGateway({ database: database.url })
  await using port = await gateway.connect('casey')
  const name = async () => {
    const client = new Client({ host: port.host, port: port.port, user: 'whoever' })
    await client.connect()
    const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name')
    await client.end()
    return rows[0]?.name
  }
  expect(await name()).toBe(database.name)
  await gateway.end('SIGKILL')
  await gateway.restart()
  expect(await name()).toBe(database.name)
})
