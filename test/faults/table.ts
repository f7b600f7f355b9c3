import { type Fault, type Outcome, people } from './fault.js'

type Cell = string | number

const row = (cells: readonly Cell[]) => `| ${cells.join(' | ')} |`

/** In Markdown. */
export const table = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [row(head), `|${'---|'.repeat(head.length)}`, ...rows.map(row)].join('\n')

const everyone = Object.keys(people).length

const named = (who: readonly string[]): string => {
  if (who.length === everyone) return 'everybody'
  return who.length === everyone - 1 && !who.includes('elsewhere') ? 'everybody but elsewhere' : who.join(', ')
}

const either = (heard: string | readonly string[] = []): string =>
  [heard]
    .flat()
    .map((one) => (/^[A-Z]/.test(one) ? `\`${one}\`` : one))
    .join(' or ')

const heardBy = (hurt: Fault['hurt'] | Outcome['hurt']): string => {
  const by = Map.groupBy(Object.entries(hurt), ([, heard]) => either(heard))
  return [...by].map(([heard, all]) => `${named(all.map(([who]) => who))}: ${heard}`).join('; ')
}

/** What was measured. */
export const printed = (outcomes: readonly Outcome[]): string =>
  table(
    [
      ...[
        'fault',
        'sessions open',
        'sessions hurt',
        'others’ longest wait, ms',
        'came back after, ms',
        'the hurt heard',
      ],
      'who came meanwhile',
    ],
    outcomes.map(({ fault, open, hurt, longestWait, cameBack, newcomer }) => [
      ...[fault.name, open, Object.keys(hurt).length, Math.round(longestWait), Math.round(cameBack)],
      ...[heardBy(hurt) || '–', newcomer || '–'],
    ]),
  )

const meanwhile = ({ kind, stopped, newcomer, comes }: Fault): string => {
  if (typeof stopped === 'object')
    return `the gateway doesn’t start: exit status ${stopped.status}, \`${stopped.code}\``
  return either(newcomer) + (comes && kind === 'logins' ? ', at their login' : '') || '–'
}

/** What is asserted, as docs/faults.md has it. */
export const documented = (faults: readonly Fault[]): string =>
  table(
    ['fault', 'whom it hurts, and what they hear', 'who waits for its end', 'somebody new, while it lasts'],
    faults.map((fault) => [
      ...[fault.name, heardBy(fault.hurt) || 'nobody', named(fault.waits ?? []) || '–', meanwhile(fault)],
    ]),
  )
