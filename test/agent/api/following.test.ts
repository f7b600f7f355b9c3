import { expect, test } from 'vitest'
import { followSession } from '../../../src/agent/api/sessions/follow.js'
import type { FailureLine } from '../../../src/agent/api/sessions/events.js'
import type { PositionLine } from '../../../src/lib/api/position-line.js'
import type { SessionEvent } from '../../../src/lib/api/session-events.js'
import { HoopError } from '../../../src/lib/errors.js'
import { result, start, statement } from '../../recording/sample.js'

type Line = SessionEvent | FailureLine | PositionLine

const broken = new HoopError('GATEWAY_UNREACHABLE', 'gone')
const at = (after: string, live = true): PositionLine => ({ type: 'position', after, live })

/** A gateway that gives these answers, one after the other; an Error breaks one off. */
const follow = async (...answers: readonly (readonly (Line | Error)[])[]) => {
  const asked: string[] = []
  const troubles: string[] = []
  const ask = async function* (path: string): AsyncGenerator<Line> {
    for (const line of answers[asked.push(path) - 1] ?? []) {
      if (line instanceof Error) throw line
      yield line
    }
  }
  const events: SessionEvent[] = []
  const options = { signal: new AbortController().signal, trouble: (why: string) => void troubles.push(why) }
  const ended = (async () => {
    for await (const event of followSession(ask, 'a1', options)) events.push(event)
  })()
  const error = await ended.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  return { events, asked, troubles, error }
}

test('answers follow one another, each from where the one before ended', async () => {
  const { events, asked } = await follow([start, at('p1')], [at('p1')], [statement(1), result(1), at('p2', false)])
  expect(events).toEqual([start, statement(1), result(1)])
  expect(asked).toEqual([
    '/v1/sessions/a1/following',
    '/v1/sessions/a1/following?after=p1&wait=20',
    '/v1/sessions/a1/following?after=p1&wait=20',
  ])
})

test('an answer that breaks off is asked for again, and nothing is shown twice or left out', async () => {
  const { events, troubles } = await follow(
    [start, statement(1), broken],
    [start, statement(1), statement(2)],
    [start, statement(1), statement(2), result(2), at('p1')],
    [broken],
    [statement(3), at('p2', false)],
  )
  expect(events).toEqual([start, statement(1), statement(2), result(2), statement(3)])
  expect(troubles).toHaveLength(3)
})

test('what asking again doesn’t mend ends it', async () => {
  const damage: FailureLine = { type: 'error', code: 'RECORDING_DAMAGED', message: 'damaged', hint: 'Keep it.' }
  expect(await follow([start, damage])).toMatchObject({ events: [start], error: { code: 'RECORDING_DAMAGED' } })
  expect(await follow([start, at('p')], [new HoopError('NOT_FOUND')])).toMatchObject({ error: { code: 'NOT_FOUND' } })
})
