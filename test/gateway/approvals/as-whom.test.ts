import { expect, test } from 'vitest'
import { freshDatabase } from '../../helpers/database.js'
import { errorsIn, send, types } from '../relay/wire-client.js'
import { approvalStage, dana, login, meant } from './stage.js'

const held = 'insert into effects values (1) -- hold'
/** A role that is there in every database, and may read nothing of ours: what it is let through with fails at the server. */
const role = 'pg_monitor'

test('an approval, for once or for a while, is for one user and role of the database, and approvers see which', async () => {
  await using database = await freshDatabase()
  await using stage = await approvalStage({ retry: true, database })
  await using other = await approvalStage({ retry: true, database, role, approvals: stage.approvals })
  await using own = await approvalStage({ retry: true, database, login: 'own', approvals: stage.approvals })
  const { client } = await login(stage)
  await client.ask(send.query(held))
  const [request] = await stage.open()
  const { user } = meant(stage, held).meaning
  expect(request!.meaning).toEqual({ user })
  await stage.approve(request!.id)
  await stage.approvals.standing.add({
    ...{ id: 's1', subject: 'ada', name: 'Ada', connection: 'vectordb', ...meant(stage, `${held} always`) },
    ...{ by: dana, groups: dana.groups, reason: 'backfill', createdAt: new Date().toISOString() },
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
  })
  const { client: reader } = await login(other)
  for (const text of [held, `${held} always`])
    expect(errorsIn(await reader.ask(send.query(text)))[0]?.['H']).toContain('Run the same statement')
  expect((await stage.open(2)).map(({ meaning }) => meaning)).toEqual(
    Array(2).fill({ user, role, searchPath: expect.stringContaining('public') as string }),
  )
  expect(await stage.effects()).toEqual([])
  for (const text of [held, `${held} always`]) expect(types(await client.ask(send.query(text)))).toBe('CZ')
  const { client: entry } = await login(own)
  await entry.ask(send.query(held))
  expect((await stage.open(3)).at(-1)!.meaning).toMatchObject({
    searchPath: expect.stringContaining('public') as string,
  })
  for (const each of [client, reader, entry]) await each.end()
})
