import type { Approval } from '../../lib/api/approvals.js'
import { approvalBrief, stateOf } from './approval-text.js'
import type { InboxSight, InboxState } from './inbox.js'
import { wrapMarked } from './statement-lines.js'
import { clip, clipStart, count, pad, plain, width, wrap } from '../text.js'

export interface InboxScene {
  readonly person: string
  readonly gateway: string
  readonly open: readonly Approval[]
  /** The gateway can't be reached, say. */
  readonly problem: string | undefined
  readonly columns: number
  readonly rows: number
}

export type InboxStyle = 'plain' | 'chosen' | 'dim' | 'loud'

export interface InboxLine {
  readonly text: string
  readonly style: InboxStyle
}

/** Lines besides list and request: title, gap, gap, position, message, keys. */
const fixed = 6

const line = (text: string, style: InboxStyle = 'plain'): InboxLine => ({ text, style })

/** The part of the list that is shown: the chosen one is in it. */
const listed = ({ open, rows }: InboxScene, chosen: number): [first: number, end: number] => {
  const room = Math.max(1, Math.min(open.length, Math.floor((rows - fixed) / 3)))
  const first = Math.max(0, Math.min(chosen - Math.floor(room / 2), open.length - room))
  return [first, first + room]
}

const columnsOf = (open: readonly Approval[]): string[] => {
  const cells = open.map((one) => [one.id, plain(one.name), plain(one.connection), plain(one.rule), stateOf(one)])
  const widths = [0, 1, 2, 3, 4].map((i) => Math.max(...cells.map((row) => Math.min(28, width(row[i]!)))))
  return cells.map((row) => row.map((cell, i) => pad(clip(cell, 28), widths[i]!)).join('  '))
}

/** The whole screen as lines, and how much of the chosen request is on it. Words and marks alone tell everything. */
export function inboxLines(scene: InboxScene, state: InboxState): { lines: InboxLine[]; sight: InboxSight } {
  const { open, person, gateway, columns, rows, problem } = scene
  const said = wrap(plain(state.said ?? (problem === undefined ? '' : `${problem}. Trying again.`)), columns)
  const title = open.length === 0 ? 'Nothing waits for an approval' : `${count(open.length, 'request')} for an approval`
  const lines = [line(`${title}. ${plain(person)} at ${gateway}`, 'dim')]
  const at = open.findIndex(({ id }) => id === state.selected)
  const one = open[at]
  let sight: InboxSight = { lines: 0, height: 1 }
  if (one) {
    const [first, end] = listed(scene, at)
    const texts = columnsOf(open)
    lines.push(line(''))
    for (let i = first; i < end; i++)
      lines.push(line(`${i === at ? '>' : ' '} ${texts[i]!}`, i === at ? 'chosen' : 'plain'))
    const whole = wrapMarked(approvalBrief(one), columns)
    const height = Math.max(1, rows - lines.length - fixed + 3 - said.length)
    sight = { lines: whole.length, height }
    lines.push(line(''), ...whole.slice(state.top, state.top + height).map((text) => line(text)))
    const last = Math.min(whole.length, state.top + height)
    if (whole.length > height) lines.push(line(`-- lines ${state.top + 1} to ${last} of ${whole.length} --`, 'dim'))
  }
  lines.push(...said.map((text) => line(text, 'loud')))
  lines.push(state.prompt ? line(promptOf(state.prompt, columns), 'loud') : line(keysOf(open, columns), 'dim'))
  return { lines: lines.map(({ text, style }) => line(clip(text, columns), style)), sight }
}

/** Where the terminal is narrow the question gives way to the answer, and of that the end stays in sight. */
const promptOf = ({ id, vote, text }: NonNullable<InboxState['prompt']>, columns: number): string => {
  const verb = vote === 'approve' ? 'Approve' : 'Deny'
  const whole = `${verb} ${id}, because (Enter sends, Esc doesn't): `
  const question = width(whole) + 20 <= columns ? whole : `${verb}, because: `
  return question + clipStart(`${plain(text)}_`, columns - width(question))
}

/** The last one is for a terminal that has no room for more: what decides and leaves must be seen. */
const keyLines = [
  'up/down, j/k: choose   space, b: read on, back   a: approve   d: deny   q: quit',
  'j/k: choose  space: read on  a: approve  d: deny  q: quit',
  'j k space b  a: approve d: deny q: quit',
]

const keysOf = (open: readonly Approval[], columns: number): string =>
  open.length === 0 ? 'q: quit' : (keyLines.find((keys) => width(keys) <= columns) ?? keyLines.at(-1)!)
