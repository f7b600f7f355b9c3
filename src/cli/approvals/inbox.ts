import type { Approval } from '../../lib/api/approvals.js'

export type InboxVote = 'approve' | 'deny'

/** What is on the screen of `hoop approvals watch` besides the requests themselves. */
export interface InboxState {
  /** Id of the request that is shown whole; it stays chosen whatever comes and goes around it. */
  readonly selected: string | undefined
  /** First line shown of it. */
  readonly top: number
  /** Requests whose last line was on the screen. */
  readonly read: ReadonlySet<string>
  /** A reason is being typed for this one, and no other. */
  readonly prompt?: { readonly id: string; readonly vote: InboxVote; readonly text: string }
  /** What came of the last key. */
  readonly said?: string
}

export interface InboxKey {
  readonly input: string
  readonly up?: boolean
  readonly down?: boolean
  readonly pageUp?: boolean
  readonly pageDown?: boolean
  readonly enter?: boolean
  readonly escape?: boolean
  readonly erase?: boolean
  readonly ctrl?: boolean
}

/** How much of the chosen request there is, and how much of it can be seen at once. */
export interface InboxSight {
  readonly lines: number
  readonly height: number
}

export type InboxAction = { readonly vote: InboxVote; readonly id: string; readonly reason?: string } | 'quit'

export const emptyInbox: InboxState = { selected: undefined, top: 0, read: new Set() }

const longestReason = 500

/** The requests have changed: something that is still there stays chosen, and only that can be decided on. */
export function settle(state: InboxState, open: readonly Approval[]): InboxState {
  const has = (id: string | undefined): boolean => open.some((one) => one.id === id)
  const { prompt, ...rest } = state
  const kept: InboxState =
    prompt && !has(prompt.id) ? { ...rest, said: `Request ${prompt.id} is settled: nothing was sent.` } : state
  if (has(kept.selected) || kept.selected === open[0]?.id) return kept
  return { ...kept, selected: open[0]?.id, top: 0 }
}

/** The last line of what is chosen is on the screen. */
export function seen(state: InboxState, { lines, height }: InboxSight): InboxState {
  const { selected, top, read } = state
  if (selected === undefined || read.has(selected) || top + height < lines) return state
  return { ...state, read: new Set([...read, selected]) }
}

/** What one key does. */
export function press(
  state: InboxState,
  key: InboxKey,
  open: readonly Approval[],
  sight: InboxSight,
): { state: InboxState; action?: InboxAction } {
  if (state.prompt) return typed(state, state.prompt, key)
  const { said: _, ...quiet } = state
  const at = open.findIndex(({ id }) => id === state.selected)
  const choose = (to: number) => {
    const next = open[Math.max(0, Math.min(open.length - 1, to))]
    return { state: next && next.id !== state.selected ? { ...quiet, selected: next.id, top: 0 } : quiet }
  }
  const scroll = (by: number) => ({
    state: { ...quiet, top: Math.max(0, Math.min(Math.max(0, sight.lines - sight.height), state.top + by)) },
  })
  if (key.down || key.input === 'j') return choose(at + 1)
  if (key.up || key.input === 'k') return choose(at - 1)
  if (key.pageDown || key.input === ' ') return scroll(sight.height)
  if (key.pageUp || key.input === 'b') return scroll(-sight.height)
  if (key.input === 'q') return { state: quiet, action: 'quit' }
  const one = open[at]
  if (!one || (key.input !== 'a' && key.input !== 'd')) return { state: quiet }
  const vote = key.input === 'a' ? 'approve' : 'deny'
  const not = obstacle(one, vote, state.read)
  return { state: not === undefined ? { ...quiet, prompt: { id: one.id, vote, text: '' } } : { ...quiet, said: not } }
}

/** Why this can't be decided on here and now. */
const obstacle = (one: Approval, vote: InboxVote, read: ReadonlySet<string>): string | undefined => {
  if (!one.mayDecide) return 'Not yours to decide: it is your own, you have voted, or it is up to other groups.'
  if (vote === 'approve' && !read.has(one.id)) return 'Read it to its end before you approve it: space goes on.'
  return undefined
}

const typed = (
  state: InboxState,
  prompt: NonNullable<InboxState['prompt']>,
  { input, enter, escape, erase, ctrl }: InboxKey,
): { state: InboxState; action?: InboxAction } => {
  const { prompt: _, said: __, ...rest } = state
  const { id, vote, text } = prompt
  const reason = text.trim()
  if (escape) return { state: rest }
  if (enter && vote === 'deny' && !reason) return { state: { ...state, said: 'A denial needs a reason.' } }
  if (enter) return { state: rest, action: { vote, id, ...(reason && { reason }) } }
  if (erase) return { state: { ...rest, prompt: { ...prompt, text: [...text].slice(0, -1).join('') } } }
  if (ctrl || !input) return { state }
  // Over a slow line Enter comes together with what was typed before it.
  const [, line] = /^(\P{Cc}+)\r$/u.exec(input) ?? []
  if (line !== undefined) {
    const entered = { ...prompt, text: (text + line).slice(0, longestReason) }
    return typed({ ...rest, prompt: entered }, entered, { input: '', enter: true })
  }
  // Pasted text may hold line ends; a reason is one line.
  const more = input.replace(/\p{Cc}+/gu, ' ')
  return { state: { ...rest, prompt: { ...prompt, text: (text + more).slice(0, longestReason) } } }
}
