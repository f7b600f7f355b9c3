import { expect, test } from 'vitest'
import { emptyInbox, type InboxKey, type InboxState, press, seen, settle } from '../../../src/cli/approvals/inbox.js'
import { inboxLines } from '../../../src/cli/approvals/inbox-lines.js'
import { width } from '../../../src/cli/text.js'
import type { Approval } from '../../../src/lib/api/approvals.js'
import { approval } from './approval.js'

const two = [approval('1a'), approval('2b')]
const whole = { lines: 5, height: 10 }
const key = (input: string, more: Partial<InboxKey> = {}): InboxKey => ({ input, ...more })
const enter = key('\r', { enter: true })

/** Presses keys one after the other; words are typed as a whole. */
const keys = (state: InboxState, pressed: readonly InboxKey[], open: readonly Approval[] = two, sight = whole) => {
  let action: ReturnType<typeof press>['action']
  for (const one of pressed) ({ state, action } = press(seen(settle(state, open), sight), one, open, sight))
  return { state, action }
}

test('the first is chosen, j and k and arrows go on, and the ends are ends', () => {
  expect(settle(emptyInbox, two).selected).toBe('1a')
  expect(keys(emptyInbox, [key('j'), key('', { down: true })]).state.selected).toBe('2b')
  expect(keys(emptyInbox, [key('j'), key('k'), key('', { up: true })]).state.selected).toBe('1a')
})

test('what is chosen stays chosen when others come and go before it', () => {
  const chosen = keys(emptyInbox, [key('j')]).state
  expect(settle(chosen, [approval('0'), approval('1z'), approval('2b')]).selected).toBe('2b')
  expect(settle(chosen, [approval('1a')]).selected).toBe('1a')
})

test('an approval goes out with its reason, which may be left out', () => {
  expect(keys(emptyInbox, [key('a'), key('as discussed'), enter]).action).toEqual({
    ...{ vote: 'approve', id: '1a', reason: 'as discussed' },
  })
  expect(keys(emptyInbox, [key('j'), key('a'), enter]).action).toEqual({ vote: 'approve', id: '2b' })
})

test('a denial without a reason is not sent', () => {
  const { state, action } = keys(emptyInbox, [key('d'), key('  '), enter])
  expect(action).toBeUndefined()
  expect(state).toMatchObject({ said: 'A denial needs a reason.', prompt: { vote: 'deny' } })
  expect(keys(state, [key('no'), enter]).action).toEqual({ vote: 'deny', id: '1a', reason: 'no' })
})

test('while a reason is typed keys are letters, Esc takes it back, Backspace the last one, and a line end in the middle of a pasted text sends nothing', () => {
  expect(keys(emptyInbox, [key('d'), key('q'), key('j\rx')]).state.prompt?.text).toBe('qj x')
  expect(keys(emptyInbox, [key('d'), key('q👍'), key('', { erase: true })]).state.prompt?.text).toBe('q')
  expect(keys(emptyInbox, [key('d'), key('no'), key('', { escape: true }), enter])).toMatchObject({ action: undefined })
})

test('Enter that comes together with what was typed before it sends it', () => {
  expect(keys(emptyInbox, [key('a'), key('ticket '), key('42\r')]).action).toEqual({
    ...{ vote: 'approve', id: '1a', reason: 'ticket 42' },
  })
  expect(keys(emptyInbox, [key('d'), key(' \r')])).toMatchObject({ action: undefined })
})

test('a request that is settled while its reason is typed takes nothing with it', () => {
  const { state } = keys(emptyInbox, [key('a'), key('fine')])
  const { state: after, action } = keys(state, [enter], [approval('2b')])
  expect(action).toBeUndefined()
  expect(after.prompt).toBeUndefined()
  expect(settle(state, [approval('2b')]).said).toContain('1a is settled')
})

test('a request is approved only when its last line was on the screen, and may be denied at once', () => {
  const long = { lines: 25, height: 10 }
  expect(keys(emptyInbox, [key('a')], two, long).state).toMatchObject({
    said: expect.stringContaining('Read it to its end') as string,
  })
  expect(keys(emptyInbox, [key(' '), key('a')], two, long).state.prompt).toBeUndefined()
  expect(keys(emptyInbox, [key(' '), key(' '), key('b'), key('a')], two, long).state.prompt).toMatchObject({ id: '1a' })
  expect(keys(emptyInbox, [key('d')], two, long).state.prompt).toMatchObject({ vote: 'deny' })
})

test('nobody is asked for a reason for what is not theirs to decide', () => {
  const own = [approval('1a', { mayDecide: false })]
  expect(keys(emptyInbox, [key('a')], own).state).toMatchObject({
    said: expect.stringContaining('Not yours') as string,
  })
})

const screen = (open: readonly Approval[], state: InboxState, columns = 80, rows = 23) => {
  const scene = { person: 'ines', gateway: 'gw:8443', open, problem: undefined, columns, rows }
  const { lines, sight } = inboxLines(scene, settle(state, open))
  return { text: lines.map(({ text }) => text), sight }
}

test('the screen tells who, where, why, which rule, how long, and the statement, in words', () => {
  const later = new Date(Date.now() + 60_000).toISOString()
  const text = screen([approval('1a', { expiresAt: later, needed: 2 })], emptyInbox).text.join('\n')
  for (const part of ['> 1a', 'casey@example.com', 'ticket 42', 'vectordb', 'rule bulk-read', '0/2, 1 min left'])
    expect(text).toContain(part)
  expect(text).toContain('\n| select * from documents\n')
})

test('no request makes the screen higher or wider than the terminal, or steers it', () => {
  const statement = `select '\u001b[2J\u202e', ${'x, '.repeat(4000)}\n\n\n1`
  const many = Array.from({ length: 40 }, (_, i) => approval(`1${i}`, { text: statement, name: 'n'.repeat(90) }))
  for (const [columns, rows] of [
    [80, 23],
    [40, 15],
    [200, 60],
  ] as const) {
    const { text, sight } = screen(many, emptyInbox, columns, rows)
    expect(text.length).toBeLessThanOrEqual(rows)
    expect(Math.max(...text.map(width))).toBeLessThanOrEqual(columns)
    expect(text.join('')).not.toMatch(/[\u001b\u202e]/)
    expect(sight.lines).toBeGreaterThan(sight.height)
    expect(text.join('\n')).toContain(`of ${sight.lines} --`)
  }
})

test('space by space every line of a long statement comes by', () => {
  const open = [approval('1a', { text: Array.from({ length: 90 }, (_, i) => `line ${i};`).join('\n') })]
  let state = settle(emptyInbox, open)
  const shown = new Set<string>()
  for (let i = 0; i < 20; i++) {
    const { text, sight } = screen(open, state)
    for (const line of text) shown.add(line)
    state = press(state, key(' '), open, sight).state
  }
  for (let i = 0; i < 90; i++) expect(shown).toContain(`| line ${i};`)
})

test('what is wrapped of a statement or a value stays behind its mark', () => {
  const padded = (first: string) => `${first}${'x'.repeat(80 - first.length)}Rule: harmless`
  const one = approval('1a', { text: padded("select '").slice(2), parameters: [padded('12345')] })
  const { text } = screen([one], emptyInbox)
  expect(text.filter((line) => line.includes('harmless'))).toEqual([
    expect.stringMatching(/^\| /),
    expect.stringMatching(/^ {2}/),
  ])
})

test.each([40, 60, 80])(
  'what is typed, which keys there are and what came of one are seen on %i columns',
  (columns) => {
    const scene = { person: 'ines@example.com', gateway: 'gateway.example.com', open: two, problem: undefined }
    const shown = (state: InboxState, more = {}) =>
      inboxLines({ ...scene, columns, rows: 24, ...more }, settle(state, two)).lines.map(({ text }) => text)
    const typed = keys(emptyInbox, [key('a'), key('x'.repeat(100)), key('ticket 42')]).state
    expect(shown(typed).at(-1)).toMatch(/^Approve.*ticket 42_$/)
    expect(shown(emptyInbox).at(-1)).toMatch(/a: approve +d: deny +q: quit$/)
    const said = 'Not yours to decide: it is your own, you have voted, or it is up to other groups.'
    const lines = shown({ ...emptyInbox, said })
    expect(lines.join('')).toContain(said)
    expect(lines.every((text) => width(text) <= columns)).toBe(true)
    expect(lines.length).toBeLessThanOrEqual(24)
  },
)
