import { expect, test } from 'vitest'
import { Controls } from '../../../src/cli/replay/controls.js'
import { play } from '../../../src/cli/replay/play.js'
import { timeline } from '../../../src/cli/replay/timeline.js'
import type { SessionEvent } from '../../../src/lib/api/session-events.js'
import { closed, result, start, statement } from '../../recording/sample.js'

const session: readonly SessionEvent[] = [
  start,
  statement(1, 'SELECT 1'),
  result(1),
  statement(2, 'SELECT email FROM customers'),
  result(2, { masked: 3, columns: [{ name: 'email', type: 25, mask: 'email' }] }),
  statement(3, 'SELECT nope'),
  // In a pipeline the next statement is sent before the result of the one before has come.
  statement(4, 'SELECT 4'),
  result(3, { sqlstate: '42703', message: 'column "nope" does not exist' }),
  result(4),
  {
    type: 'refusal',
    at: 5000,
    n: 5,
    text: 'DROP TABLE customers',
    code: 'STATEMENT_BLOCKED',
    sqlstate: '42501',
    message: 'no',
  },
  statement(6, 'SELECT 6'),
  result(6),
  { type: 'end', at: 9000, time: start.time, ...closed },
]

const label = (event: SessionEvent): string => ('n' in event ? `${event.type} ${event.n}` : event.type)

/** Presses each key as soon as its text was shown last and the session stands still; everything that was shown, a line each. */
const seek = async (keys: readonly (readonly [after: string, keys: string])[]) => {
  const typed: string[] = []
  const controls = new Controls(new AbortController().signal, (text) => void typed.push(text))
  const shown: string[] = []
  const waiting = [...keys]
  const write = (text: string): Promise<void> => {
    shown.push(...text.trimEnd().split('\n'))
    const [next] = waiting
    if (next && shown.at(-1) === next[0]) {
      waiting.shift()
      setTimeout(() => [...next[1]].forEach((key) => controls.press(key)), 5)
    }
    return Promise.resolve()
  }
  let from = 1
  for (;;) {
    const cues = timeline(session, { speed: 1, idleCap: 3_600_000, from })
    const motion = await play(cues, { write, show: (event) => `${label(event)}\n`, controls })
    if (typeof motion === 'string') return { shown, typed, motion }
    from = motion.to
  }
}

test('e goes to the next error or refusal, with the statement that it belongs to, and stands still there', async () => {
  const { shown, motion } = await seek([
    ['start', 'e'],
    ['result 3', 'e'],
    ['refusal 5', 'q'],
  ])
  expect(shown).toEqual(['start', '… 3 statements passed over', 'statement 3', 'result 3', 'refusal 5'])
  expect(motion).toBe('left')
})

test('m goes to the next masked result; where there is none, to the end', async () => {
  const { shown, motion } = await seek([
    ['start', 'm'],
    ['result 2', 'm'],
  ])
  expect(shown).toEqual([
    'start',
    '… 1 statement passed over',
    'statement 2',
    'result 2',
    '… 4 statements passed over',
    'end',
  ])
  expect(motion).toBe('on')
})

test('/ finds a text in any case, once more with nothing typed, and Escape leaves the line', async () => {
  const { shown, typed } = await seek([
    ['start', '/x\u001b/sELECTx\u007f\r'],
    ['statement 1', '/\r'],
    ['statement 2', 'q'],
  ])
  expect(shown).toEqual(['start', 'statement 1', 'statement 2'])
  expect(typed).toEqual(expect.arrayContaining(['/', '/x', '', '/sELECT']))
})

test('g goes to a statement by its number, b back by one, and a number that isn’t one nowhere', async () => {
  const { shown } = await seek([
    ['start', 'gx\rg6\r'],
    ['statement 6', 'b'],
    ['refusal 5', 'q'],
  ])
  expect(shown).toEqual(['start', 'start', 'statement 6', 'start', 'refusal 5'])
})

test('+ and - double and halve the speed', async () => {
  const { shown, motion } = await seek([['start', '+'.repeat(12) + '-'.repeat(2)]])
  expect(shown).toHaveLength(session.length)
  expect(motion).toBe('on')
})
