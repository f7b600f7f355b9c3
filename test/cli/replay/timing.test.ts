import { expect, test } from 'vitest'
import type { SessionEvent } from '../../../src/lib/api/session-events.js'
import { Controls } from '../../../src/cli/replay/controls.js'
import { play } from '../../../src/cli/replay/play.js'
import { type Cue, paceOf, timeline } from '../../../src/cli/replay/timeline.js'
import { closed, collect, result, start, statement } from '../../recording/sample.js'

const end: SessionEvent = { type: 'end', at: 9000, time: start.time, ...closed }
const session: SessionEvent[] = [start, statement(1), result(1), statement(2), result(2), statement(3), result(3), end]
const waits = async (speed: string, idleCap: string, from = 1): Promise<[string, number][]> =>
  (await collect(timeline(session, paceOf(speed, idleCap, from)))).map(({ event, wait }) => [event.type, wait])

test('pauses are those of the session, capped first and then sped up', async () => {
  expect((await waits('1', '1h')).map(([, wait]) => wait)).toEqual([0, 1000, 5, 995, 5, 995, 5, 5995])
  expect((await waits('2x', '2s')).map(([, wait]) => wait)).toEqual([0, 500, 2.5, 497.5, 2.5, 497.5, 2.5, 1000])
})

test('from a later statement on, the start is still shown and nothing is waited for', async () => {
  expect(await waits('1', '1h', 3)).toEqual([
    ['start', 0],
    ['statement', 0],
    ['result', 5],
    ['end', 5995],
  ])
  expect(await waits('1', '1h', 99)).toEqual([
    ['start', 0],
    ['end', 0],
  ])
})

test.for(['0', '-1', 'fast', 'x', '1e3', ''])('the speed %j is a mistake', (speed) => {
  expect(() => paceOf(speed, '2s', 1)).toThrow(expect.objectContaining({ code: 'USAGE' }) as Error)
})

/** Shows a session whose pauses are all `wait` ms; `keys` are pressed just after the event of that number was shown. */
const watched = async (
  keys: Readonly<Record<number, string>>,
  { wait = 60_000, step = false, apart = 30, signal = new AbortController().signal } = {},
): Promise<{ shown: number; whole: boolean; ms: number }> => {
  const controls = new Controls(signal)
  let shown = 0
  async function* cues(): AsyncGenerator<Cue> {
    for (const event of session) yield { wait: event.type === 'start' ? 0 : wait, event }
  }
  const write = async (): Promise<void> => {
    for (const [place, key] of (keys[++shown] ?? '').split('').entries())
      setTimeout(() => controls.press(key), 1 + apart * place)
  }
  const began = performance.now()
  const whole = (await play(cues(), { write, show: ({ type }) => type, controls, step })) === 'on'
  return { shown, whole, ms: performance.now() - began }
}

test('without keys the time passes', async () => {
  const { shown, whole, ms } = await watched({}, { wait: 20 })
  expect([shown, whole]).toEqual([8, true])
  expect(ms).toBeGreaterThan(130)
})

test('n goes over the pauses to the next statement, where time counts again; q leaves', async () => {
  // start → statement 1 → (result, statement 2) → (result, statement 3)
  expect(await watched({ 1: 'n', 2: 'n', 4: 'n', 6: 'q' })).toMatchObject({ shown: 6, whole: false })
})

test('space holds the time, which then goes on where it stood', async () => {
  const { shown, ms } = await watched({ 2: '  ' }, { wait: 50, apart: 300 })
  expect(shown).toBe(8)
  expect(ms).toBeGreaterThan(7 * 50 + 300 - 20)
})

test('held, no time passes at all', async () => {
  const held = watched({ 1: ' ' }, { wait: 5 })
  const patience = new Promise((resolve) => setTimeout(resolve, 200, 'still held'))
  expect(await Promise.race([held, patience])).toBe('still held')
})

test('by steps, each statement waits for a key, and what follows it does not', async () => {
  expect(await watched({ 1: 'n', 3: '\r', 5: ' ', 8: '' }, { wait: 0, step: true })).toMatchObject({
    shown: 8,
    whole: true,
  })
  expect(await watched({ 1: 'n', 3: 'q' }, { wait: 0, step: true })).toMatchObject({ shown: 3, whole: false })
})

test('by steps, a key pressed while time passes counts for the statement that comes next', async () => {
  expect(await watched({ 1: 'n', 2: 'n', 4: 'q' }, { step: true })).toMatchObject({ shown: 4, whole: false })
})

test('other keys do nothing', async () => {
  expect(await watched({ 1: 'xzN', 2: 'Q' }, { wait: 5 })).toMatchObject({ shown: 8, whole: true })
})

test('Ctrl-C is an interruption, as is a signal', async () => {
  await expect(watched({ 3: '\u0003' }, { wait: 50 })).rejects.toMatchObject({ code: 'INTERRUPTED', exit: 130 })
  const signal = AbortSignal.timeout(50)
  await expect(watched({}, { signal })).rejects.toMatchObject({ name: 'TimeoutError' })
})
