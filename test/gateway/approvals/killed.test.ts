import { expect, test } from 'vitest'
import { alone, end, fatal, kill } from '../relay/ending/killing.js'
import { errorsIn, send, WireClient } from '../relay/wire-client.js'
import { Client } from 'pg'
import { approvalStage, type Stage } from './stage.js'

const held = 'insert into effects values (1) -- hold'
const extended = (text: string) => [send.parse(text), send.bind(), send.execute(), send.sync()]

const settled = async (stage: Stage): Promise<void> => {
  await stage.relay.registry.idle()
  const admin = new Client({ connectionString: stage.url })
  await admin.connect()
  await alone(admin)
  await admin.end()
}

test.for<[string, readonly Buffer[]]>([
  ['a simple query', [send.query(held), send.query('insert into effects values (2)')]],
  ['a pipeline', [...extended(held), ...extended('insert into effects values (2)')]],
])(
  'a session that is ended while %s waits withdraws it, and an approval that comes later runs nothing',
  async ([, frames]) => {
    await using stage = await approvalStage()
    const client = await WireClient.login(stage.relay.port)
    client.write(...frames)
    await client.untilType('N')
    const [request] = await stage.open()
    kill(stage.relay)
    expect(errorsIn(await client.untilType('?')).at(-1)).toMatchObject(fatal)
    const events = await stage.relay.recording()
    expect(events.at(-1)).toMatchObject(end)
    expect(events.flatMap((event) => (event.type === 'approval' ? [event.outcome] : []))).toEqual([
      'requested',
      'withdrawn',
    ])
    await expect(stage.approve(request!.id)).rejects.toMatchObject({ code: 'APPROVAL_SETTLED' })
    await settled(stage)
    expect(await stage.effects()).toEqual([])
  },
)

test('an approval and the end of the session in the same moment run the statement at most once, and nothing behind it', async () => {
  await using stage = await approvalStage()
  for (let round = 0; round < 20; round++) {
    const client = await WireClient.login(stage.relay.port)
    client.write(send.query(held), send.query('insert into effects values (2)'))
    await client.untilType('N')
    const [request] = await stage.open()
    const approving = stage.approve(request!.id).catch(() => undefined)
    // From before the vote is written to well after the statement has gone upstream.
    for (let turn = 0; turn < round; turn++) await new Promise(setImmediate)
    kill(stage.relay)
    await Promise.all([approving, client.untilType('?')])
    client.socket.destroy()
    await settled(stage)
    const ran = await stage.effects()
    expect(ran.filter((id) => id === 1).length).toBeLessThanOrEqual(1)
    // The second runs only where the first did, before the end came.
    if (ran.includes(2)) expect(ran).toEqual([1, 2])
    const [record] = (await stage.all()).slice(-1)
    expect(ran.length === 0 || record!.state === 'used').toBe(true)
    await stage.clear()
  }
}, 60_000)
