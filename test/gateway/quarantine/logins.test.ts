import { randomBytes } from 'node:crypto'
import pino from 'pino'
import { expect, test } from 'vitest'
import { Quarantine } from '../../../src/gateway/quarantine/quarantine.js'
import { CatalogSources } from '../../../src/gateway/upstream/catalog/catalog-source.js'
import { freshDatabase } from '../../helpers/database.js'
import { load, minimal } from '../../policy/config/files.js'

const log = pino({ enabled: false })

test('of one role with two secrets each login is usable by itself, whatever is wrong with the other', async () => {
  await using database = await freshDatabase()
  const owner = await database.client()
  const role = `twice_${randomBytes(4).toString('hex')}`
  await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`)
  const { hostname, port } = new URL(database.url)
  const entry = (group: string, variable: string) =>
    `{ groups: [${group}], policy: research, login: { user: ${role}, password: 'env:${variable}' } }`
  const text = minimal
    .replace(/url: postgres:.*/, `url: postgres://app@${hostname}:${port}/${database.name}?sslmode=disable`)
    .replace(/access:[^]*?policies:/, `access: [${entry('ml-eng', 'ONE')}, ${entry('contractors', 'TWO')}]\npolicies:`)
  const env: NodeJS.ProcessEnv = { ONE: 'secret', TWO: 'wrong' }
  const loaded = await load(text, { ...env, VECTORDB_PASSWORD: 'unused' })
  await using catalogs = new CatalogSources(log, () => undefined)
  const secrets = async (configuration: typeof loaded) => {
    using quarantine = new Quarantine({ catalogs, log, webhooks: { emit: () => undefined } })
    await quarantine.adopt(configuration)
    return Promise.all(quarantine.usable('vectordb').map(async (target) => target.password()))
  }
  expect(await secrets(loaded)).toEqual(['secret'])
  const both = await load(text, { ONE: 'secret', TWO: 'secret', VECTORDB_PASSWORD: 'unused' })
  expect(await secrets(both)).toEqual(['secret', 'secret'])
  await owner.query(`DROP ROLE ${role}`)
})
