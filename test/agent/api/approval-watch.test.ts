import { expect, test } from 'vitest'
import { watchApprovals } from '../../../src/agent/api/approvals/watch.js'
import type { Approval } from '../../../src/lib/api/approvals.js'
import { HoopError } from '../../../src/lib/errors.js'
import { approval } from '../../cli/approvals/approval.js'

/** A gateway that answers from a list of answers, by path. */
const fakeClient = (...answers: (readonly Approval[] | Approval | HoopError)[]) => {
  const asked: string[] = []
  return {
    asked,
    get: <T>(path: string): Promise<T> => {
      asked.push(path)
      const next = answers.shift()
      if (next instanceof HoopError) return Promise.reject(next)
      if (next === undefined) return new Promise<never>(() => undefined)
      return Promise.resolve((Array.isArray(next) ? { approvals: next, version: `v${asked.length}` } : next) as T)
    },
  }
}

const look = async (client: ReturnType<typeof fakeClient>, count: number) => {
  const looks = []
  for await (const { changes, open, problem } of watchApprovals(
    client,
    { person: 'casey' },
    AbortSignal.timeout(9000),
  )) {
    looks.push([changes.map(({ event, approval: { id } }) => `${id} ${event}`), open.length, problem])
    if (looks.length === count) break
  }
  return looks
}

test('follows by version, and looks up by id what is no longer in the list', async () => {
  const client = fakeClient(
    [approval('2')],
    [approval('1'), approval('2')],
    [approval('2')],
    approval('1', { state: 'denied' }),
  )
  expect(await look(client, 2)).toEqual([
    [['1 requested', '2 requested'], 2, undefined],
    [['1 decided'], 1, undefined],
  ])
  expect(client.asked).toEqual([
    '/v1/approvals?person=casey&limit=200',
    '/v1/approvals?person=casey&limit=500&state=open',
    '/v1/approvals?person=casey&limit=200&version=v1&wait=20',
    '/v1/approvals/1',
  ])
})

test('a gateway that is away for a while is asked again, and what waits stays in sight', async () => {
  const client = fakeClient(
    [approval('1')],
    [],
    new HoopError('GATEWAY_UNREACHABLE'),
    new HoopError('GATEWAY_DRAINING'),
    [approval('1', { state: 'withdrawn' })],
  )
  expect(await look(client, 4)).toEqual([
    [['1 requested'], 1, undefined],
    [[], 1, 'the gateway does not answer'],
    [[], 1, 'the gateway is shutting down'],
    [['1 withdrawn'], 0, undefined],
  ])
})

test('a login that is over ends it', async () => {
  await expect(look(fakeClient(new HoopError('TOKEN_EXPIRED')), 1)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' })
})
