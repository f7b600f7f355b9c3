import { expect, test } from 'vitest'
import { freshDatabase } from '../../helpers/database.js'
import { connectionTo, entered, left, stage, urlOf } from './stage.js'

test('a catalog that can’t be read in time keeps out who gets a policy that goes by it, and nobody else', async () => {
  await using database = await freshDatabase()
  const [owner, admin] = [await database.client(), await database.client()]
  await owner.query('CREATE TABLE people (id int, email text)')
  await admin.query('BEGIN; LOCK TABLE pg_catalog.pg_rewrite IN ACCESS EXCLUSIVE MODE')
  await using on = await stage({
    connections: {
      masked: connectionTo(urlOf(database.name), 'masked'),
      open: connectionTo(urlOf(database.name), 'open'),
    },
    policies: { open: {}, masked: { masks: [{ columns: ['public.people.email'], with: 'email' }] } },
  })
  const [masked, open] = [await on.mika('masked'), await on.mika('open')]
  expect(await (await open.connect()).client.query('SELECT 1 AS one')).toMatchObject({ rows: [{ one: 1 }] })
  await expect(masked.connect()).rejects.toMatchObject({ code: '57014', routine: 'hoop/CATALOG_LATE' })
  expect(on.said('masked')).toEqual([entered])
  await admin.query('COMMIT')
  await expect.poll(() => on.said('masked'), { timeout: 30_000 }).toEqual([entered, left])
  await masked.connect()
})
