import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { openStore, tryStore } from '../../src/store/open.js'
import { freshDatabase } from '../helpers/database.js'
import { newStore, serverAt } from './kinds.js'

const failing = async (opening: Promise<unknown>) => {
  const error: unknown = await opening.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  const { code, about, hint, cause } = error as { code: string; about: string; hint: string; cause?: Error }
  const words = JSON.stringify([about, hint, String(cause), cause, Object.entries(cause ?? {}), (error as Error).stack])
  return { code, about, hint, words }
}

describe('what is wrong is named, without a secret', () => {
  test('a login that is refused', async () => {
    await using database = await freshDatabase()
    const url = new URL(database.url)
    url.password = 'wrong-secret'
    const { code, about, words } = await failing(openStore(serverAt(url.href)))
    expect(code).toBe('STORE_FAILED')
    expect(about).toMatch(/^postgres:\/\/postgres@127\.0\.0\.1:\d+\/test_\w+: the server refuses the login/)
    expect(words).not.toContain('wrong-secret')
  })

  test('a server that is not there, a database that is not there, one without UTF-8, a pooler between', async () => {
    await using database = await freshDatabase()
    const at = (change: (url: URL) => void) => {
      const url = new URL(database.url)
      change(url)
      return serverAt(url.href)
    }
    const away = at((url) => (url.port = '1'))
    expect((await failing(openStore(away))).about).toMatch(/the server can’t be reached \(ECONNREFUSED\)$/)
    expect((await failing(tryStore(at((url) => (url.pathname = '/none'))))).about).toMatch(/there is no such database/)
    const client = await database.client()
    const name = `ascii_${randomBytes(4).toString('hex')}`
    await client.query(`create database ${name} template template0 encoding sql_ascii locale 'C' locale_provider libc`)
    expect((await failing(openStore(at((url) => (url.pathname = `/${name}`))))).about).toMatch(
      /the encoding SQL_ASCII$/,
    )
    await client.query(`drop database ${name}`)
    const server = serverAt(database.url)
    const pooled = { ...server, connect: async () => Object.assign(await server.connect(), { processID: 1 }) }
    expect((await failing(openStore(pooled))).about).toMatch(/a pooler is between$/)
  })

  test('a user who may not make the schema is told what to ask for, and what was given them is enough', async () => {
    await using database = await freshDatabase()
    const client = await database.client()
    const role = `store_${randomBytes(4).toString('hex')}`
    await client.query(`create role ${role} login password 'secret'`)
    const url = new URL(database.url)
    url.username = role
    url.password = 'secret'
    const { about, hint } = await failing(openStore(serverAt(url.href)))
    expect([about, hint]).toEqual([
      expect.stringMatching(/its user may not do that/),
      expect.stringContaining('CREATE SCHEMA hoop AUTHORIZATION'),
    ])
    await client.query(`create schema hoop authorization ${role}`)
    {
      await using store = await openStore(serverAt(url.href))
      await store.writable()
    }
    await client.query(`drop owned by ${role}; drop role ${role}`)
  })

  test('what the server says of a row is in no error: its values are nobody’s to read in a log', async () => {
    await using store = await newStore('postgres')
    const twice = () => store.db.insertInto('meta').values({ key: 'a-value-of-a-row', value: 'x' }).execute()
    await twice()
    const { code, words } = await failing(twice())
    expect(code).toBe('STORE_FAILED')
    expect(words).not.toContain('a-value-of-a-row')
  })
})
