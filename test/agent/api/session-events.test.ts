import { expect, test } from 'vitest'
import { HoopError } from '../../../src/lib/errors.js'
import type { SessionEvent } from '../../../src/lib/api/session-events.js'
import { type FailureLine, received } from '../../../src/agent/api/sessions/events.js'
import { collect, result, start, statement } from '../../recording/sample.js'

type Line = SessionEvent | FailureLine | Error

/** Answers of a gateway, one for each time that it is asked; an Error breaks the connection. */
const answers = (
  ...each: readonly (readonly Line[])[]
): { open: () => AsyncGenerator<SessionEvent | FailureLine>; asked: number } => {
  const gateway = {
    asked: 0,
    open: async function* (): AsyncGenerator<SessionEvent | FailureLine> {
      for (const line of each[gateway.asked++] ?? []) {
        if (line instanceof Error) throw line
        yield line
      }
    },
  }
  return gateway
}

const broken = new HoopError('GATEWAY_UNREACHABLE')
const session = [start, statement(1), result(1), statement(2), result(2)]

test('events come as they were sent', async () => {
  expect(await collect(received(answers(session).open))).toEqual(session)
})

test('after a broken connection it goes on where it stood', async () => {
  const gateway = answers([...session.slice(0, 2), broken], [...session.slice(0, 4), broken], session)
  expect(await collect(received(gateway.open))).toEqual(session)
  expect(gateway.asked).toBe(3)
})

test('a gateway that is not there, or gets no further, is an error', async () => {
  await expect(collect(received(answers([broken]).open))).rejects.toBe(broken)
  const stuck = answers([start, broken], [start, broken], session)
  await expect(collect(received(stuck.open))).rejects.toBe(broken)
  expect(stuck.asked).toBe(2)
})

test('damage that the gateway met is an error after the events before it', async () => {
  const failure: FailureLine = {
    type: 'error',
    code: 'RECORDING_DAMAGED',
    message: 'damaged (at byte 9)',
    hint: 'Keep it.',
  }
  const seen: SessionEvent[] = []
  const reading = (async () => {
    for await (const event of received(answers([start, statement(1), failure]).open)) seen.push(event)
  })()
  await expect(reading).rejects.toMatchObject({
    code: 'RECORDING_DAMAGED',
    message: 'damaged (at byte 9)',
    hint: 'Keep it.',
    exit: 65,
  })
  expect(seen).toEqual([start, statement(1)])
})

test('events of a newer gateway are passed over', async () => {
  const newer = { type: 'hologram', at: 3 } as unknown as SessionEvent
  expect(await collect(received(answers([start, newer, statement(1)]).open))).toEqual([start, statement(1)])
})
