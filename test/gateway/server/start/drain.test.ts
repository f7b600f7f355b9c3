import { readFile } from 'node:fs/promises'
import { Agent, request } from 'undici'
import { expect, test } from 'vitest'
import { createRecordingsView } from './recordings.js'
import { type Started, started } from './started.js'

/** Nobody waits for so long here: a test that did would end by its own limit. */
const HOUR = 3_600_000

const ready = async (it: Started, agent: Agent) => {
  const { statusCode, body } = await request(`${it.gateway.url}/readyz`, { dispatcher: agent })
  return { status: statusCode, body: await body.json() }
}

test('while it drains, live sessions and their grants go on, and nothing new begins', async () => {
  await using it = await started()
  const agent = new Agent({ connect: { ca: await readFile(it.caFile) } })
  const mika = await it.person('mika')
  const grant = await mika.grant()
  const session = await mika.connect(grant)
  expect(await ready(it, agent)).toMatchObject({ status: 200, body: { ready: true } })

  const closed = it.gateway.close(HOUR)
  expect(await ready(it, agent)).toMatchObject({ status: 503, body: { ready: false, parts: { gateway: 'draining' } } })
  await expect(mika.grant()).rejects.toMatchObject({ code: 'GATEWAY_DRAINING' })
  await expect(mika.connect(grant)).rejects.toMatchObject({ code: '57P03' })
  await mika.grant(grant)
  expect((await session.client.query('SELECT 1')).rowCount).toBe(1)

  await session.client.end()
  await closed
  await expect(ready(it, agent)).rejects.toThrow()
  expect(await createRecordingsView(it.folder.file('recordings')).ends()).toEqual(['closed'])
  await agent.destroy()
})

test('who outlives the drain is ended with 57P01 and a reason, in the middle of a statement too', async () => {
  await using it = await started()
  const mika = await it.person('mika')
  const [idle, busy] = [await mika.connect(), await mika.connect()]
  const sleeping = expect(busy.client.query('SELECT pg_sleep(60)')).rejects.toMatchObject({ code: '57P01' })
  const closed = it.gateway.close(500)
  expect((await idle.client.query('SELECT 1')).rowCount).toBe(1)
  await closed
  expect(await idle.ended).toMatchObject({ code: '57P01', message: expect.stringContaining('shutting down') as string })
  await sleeping
  expect(await createRecordingsView(it.folder.file('recordings')).ends()).toEqual(['killed', 'killed'])
})

test('a second call ends the wait', async () => {
  await using it = await started()
  const mika = await it.person('mika')
  const session = await mika.connect()
  const closed = it.gateway.close(60_000)
  await it.gateway.close(0)
  await closed
  expect(await session.ended).toMatchObject({ code: '57P01' })
})

test('without sessions it stops at once', async () => {
  await using it = await started()
  await it.gateway.close(HOUR)
})
