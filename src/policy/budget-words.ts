import { durationText } from '../lib/when.js'
import type { BudgetConfig, BudgetsConfig } from './config/policy/budgets.js'

const sizes = { GB: 1e9, GiB: 2 ** 30, MB: 1e6, MiB: 2 ** 20, kB: 1000, KiB: 1024 } as const

/** Bytes in the largest unit that has no rest: `20MB`, `64KiB`. */
export const sizeText = (bytes: number): string => {
  const [unit, each] = Object.entries(sizes).find(([, size]) => bytes >= size && bytes % size === 0) ?? ['B', 1]
  return `${bytes / each}${unit}`
}

type Limits = Pick<BudgetConfig, 'rows' | 'bytes' | 'vectors'>

const limitsText = ({ rows, bytes, vectors }: Limits): string =>
  [
    rows !== undefined && `${rows.toLocaleString('en-US')} rows`,
    bytes !== undefined && sizeText(bytes),
    vectors !== undefined && `${vectors.toLocaleString('en-US')} vectors`,
  ]
    .filter(Boolean)
    .join(', ')

const approvalText = ({ on_exceed, approvers, raised, expires }: BudgetConfig): string => {
  if (on_exceed !== 'approve' || !approvers) return ''
  const bound = raised ? `up to ${limitsText(raised)}` : 'without this limit'
  const wait = expires === undefined ? '' : ` (asked for at most ${durationText(expires)})`
  return `; ${approvers.count} of ${approvers.groups.join(', ')} may let a statement go on ${bound}${wait}`
}

const whose = { statement: 'each statement', session: 'each session', identity: 'each person' } as const

/** The budgets of a policy as people say them, by whose they are: `each person`: `200,000 rows, 20MB a day`. */
export const budgetWords = (budgets: BudgetsConfig): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (Object.keys(whose) as (keyof typeof whose)[]).flatMap((kind) => {
      const budget = budgets[kind]
      if (!budget) return []
      const per = 'per' in budget ? (budget.per === 'day' ? ' a day' : ' an hour') : ''
      return [[whose[kind], `${limitsText(budget)}${per}${approvalText(budget)}`]]
    }),
  )
