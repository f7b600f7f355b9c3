import { expect, test } from 'vitest'
import { HeldGrant } from '../../../../src/agent/link/grant.js'
import { started } from './started.js'

test('a grant that the agent holds is renewed at half its life, and its sessions go on', async () => {
  await using it = await started((folder) => folder.edit('ttl: 10m', 'ttl: 3s'))
  const mika = await it.person('mika')
  const over = new AbortController()
  const failures: unknown[] = []
  const renewed: string[] = []
  const events = {
    renewed: ({ id }: { id: string }) => renewed.push(id),
    renewalFailed: (error: unknown) => failures.push(error),
  }
  const held = await HeldGrant.obtain(mika.client, { connection: 'vectordb' }, events, over.signal)
  const session = await mika.connect(held.current)
  await new Promise((resolve) => setTimeout(resolve, 4500))
  expect(failures).toEqual([])
  expect(renewed.length).toBeGreaterThan(1)
  expect((await session.client.query('SELECT 1')).rowCount).toBe(1)
  over.abort()
  expect(await session.ended).toMatchObject({ code: '57P01' })
})
