import { describe, expect, test } from 'vitest'
import { errorsIn, rowsIn, send, states, types, type WireClient } from '../relay/wire-client.js'
import { approvalStage, login, type FakePolicy, type Stage } from './stage.js'

const insert = (id: number, more = ''): Buffer[] => [
  ...[send.parse(`insert into effects values ($1) ${more}`), send.bind([String(id)]), send.execute()],
]

/** An allowed INSERT, one that isn't, another one, and one Sync behind them. */
const pipeline = (marked: string): Buffer[] => [...insert(1), ...insert(2, marked), ...insert(3), send.sync()]

const usable = async (stage: Stage, client: WireClient): Promise<void> => {
  expect(rowsIn(await client.ask(send.query('select 42')))).toEqual([['42']])
  expect(types(await client.ask(...insert(9), send.sync()))).toBe('12CZ')
  expect(await stage.effects()).toEqual([9])
  await client.end()
}

test.for<[string, string, FakePolicy['rule'], string]>([
  ['forbidden', '-- block', {}, '42501'],
  ['to be run again once approved', '-- hold', {}, '42501'],
])('in one pipeline a statement that is %s takes what was before it with it', async ([, marked, rule, code]) => {
  await using stage = await approvalStage({ policy: { rule: rule! } })
  const { client } = await login(stage)
  const answers = await client.ask(...pipeline(marked))
  expect(errorsIn(answers)).toMatchObject([{ C: code }])
  expect(states(answers)).toBe('I')
  expect(await stage.effects()).toEqual([])
  await usable(stage, client)
})

describe('a statement that waits in the middle of a pipeline', () => {
  const waiting = async (rule: FakePolicy['rule'] = {}) => {
    const stage = await approvalStage({ policy: { rule: { mode: 'wait', ...rule } } })
    const { client, cancel } = await login(stage)
    client.write(...pipeline('-- hold'))
    // What came before it has its answers already.
    expect(types(await client.untilType('N'))).toBe('12C1N')
    const [request] = await stage.open()
    expect(await stage.effects(), 'nothing is committed while it waits').toEqual([])
    return { stage, client, cancel, request: request! }
  }

  test.for<[string, (at: Awaited<ReturnType<typeof waiting>>) => Promise<unknown>, FakePolicy['rule'], string]>([
    ['is denied', ({ stage, request }) => stage.deny(request.id), {}, '42501'],
    ['expires', () => Promise.resolve(), { expires: 300 }, '57014'],
    ['is canceled', ({ cancel }) => cancel(), {}, '57014'],
  ])('and %s takes what was before it with it', async ([, end, rule, code]) => {
    const at = await waiting(rule)
    await using stage = at.stage
    await end(at)
    const answers = await at.client.until(1)
    expect(types(answers)).toBe('EZ')
    expect(errorsIn(answers)).toMatchObject([{ C: code }])
    expect(states(answers)).toBe('I')
    expect(await stage.effects()).toEqual([])
    await usable(stage, at.client)
  })

  test('and is approved commits all of it at its Sync', async () => {
    const at = await waiting()
    await using stage = at.stage
    await stage.approve(at.request.id)
    expect(types(await at.client.until(1))).toBe('N2C12CZ')
    expect(await stage.effects()).toEqual([1, 2, 3])
    await at.client.end()
  })

  test('and whose client leaves commits nothing', async () => {
    const at = await waiting()
    await using stage = at.stage
    at.client.socket.destroy()
    await stage.relay.registry.idle()
    expect(await stage.effects()).toEqual([])
  })
})
