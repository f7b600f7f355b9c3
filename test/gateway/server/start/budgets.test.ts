import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import type { ConnectionUse } from '../../../../src/lib/api.js'
import { started } from './started.js'

test('budgets of hoop.yaml hold for a person’s sessions, the API says what is left, and the log who used one up', async () => {
  await using it = await started((folder) =>
    folder.edit(/ {4}rules: \[\]\n/, '    budgets: { statement: { rows: 20 }, identity: { rows: 50 } }\n'),
  )
  const mika = await it.person('mika')
  const { client } = await mika.connect()
  const series = (rows: number) => client.query(`SELECT generate_series(1, ${rows})`)
  expect((await series(15)).rowCount).toBe(15)
  await expect(series(100_000)).rejects.toMatchObject({
    code: '53400',
    message: expect.stringContaining('the statement budget, 20 rows') as string,
  })
  const { connections } = await mika.client.get<{ connections: ConnectionUse[] }>('/v1/usage')
  expect(connections[0]!.budgets.map(({ budget, unit, used, left }) => [budget, unit, used, left])).toEqual([
    ['statement', 'rows', 0, 20],
    ['identity', 'rows', 35, 15],
    // What `hoop gateway init` writes.
    ['questions', 'queries', 0, 200],
    ['questions', 'neighbors', 0, 20_000],
    ['questions', 'guesses', 0, 1000],
  ])
  expect(it.log).toContainEqual(
    expect.objectContaining({ msg: 'budget used up', budget: 'statement', connection: 'vectordb' }),
  )
})

test('a webhook hears of a budget that is used up, once, with who, where and how much', async () => {
  const heard: unknown[] = []
  const receiver = createServer((request, response) => {
    void json(request).then((body) => {
      heard.push(body)
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
  await using it = await started(async (folder) => {
    await folder.edit(/ {4}rules: \[\]\n/, '    budgets: { session: { rows: 20 } }\n')
    await folder.edit('  drain:', `  webhooks: [{ url: '${url}', events: [alert] }]\n  drain:`)
  })
  const mika = await it.person('mika')
  const { client } = await mika.connect()
  const notices: string[] = []
  client.on('notice', ({ message }) => notices.push(message ?? ''))
  await client.query('SELECT generate_series(1, 15)')
  expect(notices).toEqual([])
  await client.query('SELECT 1')
  expect(notices).toEqual([expect.stringContaining('80 % of the session budget is used: 16 of 20 rows')])
  for (let i = 0; i < 3; i++)
    await expect(client.query('SELECT generate_series(1, 1000)')).rejects.toMatchObject({ code: '53400' })
  await expect.poll(() => heard).toHaveLength(1)
  expect(heard[0]).toMatchObject({
    event: 'alert',
    text: expect.stringMatching(/has used up the session budget of 20 rows on vectordb/) as string,
  })
  receiver.closeAllConnections()
  receiver.close()
})
