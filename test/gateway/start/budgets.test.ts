import { expect, test } from 'vitest'
import type { ConnectionUse } from '../../../src/lib/api.js'
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
  ])
  expect(it.log).toContainEqual(
    expect.objectContaining({ msg: 'budget used up', budget: 'statement', connection: 'vectordb' }),
  )
})
