import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { ApprovalEvent, SessionEvent } from '../../../src/recording/events.js'
import { HoopError } from '../../../src/lib/errors.js'
import { errorsIn, rowsIn, send, states, types, type WireClient, type Message } from '../relay/wire-client.js'
import { approvalStage, login, type Stage } from './stage.js'

const insert = (id: number, more = ''): string => `insert into effects values (${id}) ${more}`

interface Way {
  readonly frames: readonly Buffer[]
  /** What comes before the wait. */
  readonly before: string
  /** What comes when it ran. */
  readonly ran: string
  readonly failed: string
}

/** The same held statement, as a client may send it. */
const ways: Readonly<Record<string, Way>> = {
  'a simple query': { frames: [send.query(insert(1, '-- hold'))], before: 'N', ran: 'NCZ', failed: 'EZ' },
  'an extended query': {
    frames: [
      send.parse('insert into effects values ($1) -- hold'),
      send.bind(['1']),
      send.describe(),
      send.execute(),
      send.sync(),
    ],
    before: '1N',
    ran: 'N2nCZ',
    failed: 'EZ',
  },
  'a pipeline': {
    frames: [
      send.query('select 7'),
      send.query(insert(1, '-- hold')),
      ...[send.parse('select 8'), send.bind(), send.execute(), send.sync()],
    ],
    before: 'TDCZN',
    ran: 'NCZ12DCZ',
    failed: 'EZ12DCZ',
  },
}
const each = Object.entries(ways)

const readies = (types: string): number => types.split('Z').length - 1

const begin = async (stage: Stage, { frames, before }: Way) => {
  const { client, cancel } = await login(stage)
  client.write(...frames)
  const shown = await client.untilType('N')
  expect(types(shown)).toBe(before)
  const [request] = await stage.open()
  return { client, cancel, request: request!, notice: errorsIn([{ ...shown.at(-1)!, type: 'E' }])[0]! }
}

const approvalsIn = (events: readonly SessionEvent[]): string[] =>
  events.filter((event): event is ApprovalEvent => event.type === 'approval').map(({ outcome }) => outcome)

const finish = async (stage: Stage, client: WireClient): Promise<SessionEvent[]> => {
  expect(rowsIn(await client.ask(send.query('select 42')))).toEqual([['42']])
  await client.end()
  return stage.relay.recording()
}

test.for(each)('%s waits, is approved, runs once, and the recording says by whom', async ([, way]) => {
  await using stage = await approvalStage()
  const { client, request, notice } = await begin(stage, way)
  expect(notice).toMatchObject({
    M: expect.stringContaining('waits for an approval') as string,
    H: `An approver runs: hoop approvals approve ${request.id} (https://gateway.test/approvals/${request.id})`,
  })
  expect(request).toMatchObject({ subject: 'ada', connection: 'vectordb', rule: 'ask', state: 'open', mode: 'wait' })
  await sleep(50)
  expect(await stage.effects()).toEqual([])
  await stage.approve(request.id)
  expect(types(await client.until(readies(way.ran)))).toBe(way.ran)
  expect(await stage.effects()).toEqual([1])
  const events = await finish(stage, client)
  expect(events.filter(({ type }) => type === 'approval')).toMatchObject([
    { id: request.id, outcome: 'requested', rule: 'ask', text: request.text },
    { id: request.id, outcome: 'approved', by: [{ subject: 'dana', name: 'Dana', reason: 'looks right' }] },
  ])
  expect(events.filter((event) => event.type === 'statement' && event.approval === request.id)).toHaveLength(1)
  expect((await stage.all())[0]).toMatchObject({ state: 'used', votes: [{ subject: 'dana', vote: 'approve' }] })
  expect(stage.told.map(({ event }) => event)).toEqual(['approval.requested', 'approval.decided'])
})

test.for(each)('%s that is denied fails with 42501 and the reason', async ([, way]) => {
  await using stage = await approvalStage()
  const { client, request } = await begin(stage, way)
  await stage.deny(request.id)
  const answers = await client.until(readies(way.failed))
  expect(types(answers)).toBe(way.failed)
  expect(errorsIn(answers)).toMatchObject([{ C: '42501', M: 'hoop: the approval was denied: Dana: not today' }])
  expect(states(answers)).toMatch(/^I+$/)
  const events = await finish(stage, client)
  expect(approvalsIn(events)).toEqual(['requested', 'denied'])
  expect(events.find(({ type }) => type === 'refusal')).toMatchObject({ approval: request.id, rule: 'ask' })
  expect(await stage.effects()).toEqual([])
})

test.for(each)('%s that nobody decides on fails with 57014', async ([, way]) => {
  await using stage = await approvalStage({ policy: { rule: { expires: 300 } } })
  const { client } = await begin(stage, way)
  const answers = await client.until(readies(way.failed))
  expect(types(answers)).toBe(way.failed)
  expect(errorsIn(answers)).toMatchObject([{ C: '57014', M: expect.stringContaining('in time') as string }])
  expect(approvalsIn(await finish(stage, client))).toEqual(['requested', 'expired'])
  expect(await stage.effects()).toEqual([])
  expect(stage.told.map(({ event }) => event)).toEqual(['approval.requested', 'approval.expired'])
})

test.for(each)('%s that is canceled fails with 57014, and can be approved no more', async ([, way]) => {
  await using stage = await approvalStage()
  const { client, cancel, request } = await begin(stage, way)
  await cancel()
  const answers = await client.until(readies(way.failed))
  expect(types(answers)).toBe(way.failed)
  expect(errorsIn(answers)).toMatchObject([{ C: '57014' }])
  await expect.poll(async () => (await stage.all())[0]?.state).toBe('withdrawn')
  await expect(stage.approve(request.id)).rejects.toMatchObject({ code: 'APPROVAL_SETTLED' })
  expect(approvalsIn(await finish(stage, client))).toEqual(['requested', 'withdrawn'])
  expect(await stage.effects()).toEqual([])
})

test.for([
  ['closes its connection', (client: WireClient) => void client.socket.destroy()],
  ['says Terminate', (client: WireClient) => void client.socket.end(send.terminate())],
  [
    'says Terminate behind more statements',
    (client: WireClient) => client.write(send.query(insert(3)), send.terminate()),
  ],
  ['closes its half', (client: WireClient) => void client.socket.end()],
] satisfies [string, (client: WireClient) => void][])('a client that %s withdraws what waits', async ([, leave]) => {
  await using stage = await approvalStage()
  const { client } = await begin(stage, ways['a simple query']!)
  leave(client)
  await stage.relay.registry.idle()
  await expect
    .poll(async () => (await stage.all())[0])
    .toMatchObject({ state: 'withdrawn', why: 'the client has left' })
  expect(approvalsIn(await stage.relay.recording())).toEqual(['requested', 'withdrawn'])
  expect(await stage.effects()).not.toContain(1)
})

test('a session that is ended withdraws what waits, and its client hears why', async () => {
  await using stage = await approvalStage()
  const { client } = await begin(stage, ways['an extended query']!)
  await stage.relay.registry.endAll(new HoopError('SESSION_KILLED', 'the gateway is shutting down'))
  const answers: Message[] = await client.untilType('E')
  expect(errorsIn(answers)).toMatchObject([{ S: 'FATAL', C: '57P01' }])
  await expect.poll(async () => (await stage.all())[0]?.state).toBe('withdrawn')
  expect(await stage.effects()).toEqual([])
})
